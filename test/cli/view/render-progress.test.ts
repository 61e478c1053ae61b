import { expect, test } from 'vitest';
import { renderChanges, renderFrame } from '../../../src/cli/view/render-progress';
import type { JobView } from '../../../src/cli/view/job-view';
import { createPaint } from '../../../src/cli/view/text';
import { NOW, runViewOf, viewOf } from '../views';

const plain = createPaint(false);
const frame = (job: JobView, width = 80) => renderFrame([job], NOW, width, plain);
const failing = {
  failing: { count: 1, since: '' },
  lastError: { type: 'UnstructuredServerError', message: '', at: '' },
};

test('a running job shows its status, since when, its checks and the next one', () => {
  expect(frame(viewOf('simple'))).toBe('● simple   IN_PROGRESS  10 s        3 checks   next check in 2 s');
});

test('a job before its first answer is shown as such', () => {
  expect(frame({ name: 'simple', progress: null, retrying: null })).toContain('not seen yet             0 checks');
});

test('a check that Temporal tries again shows the attempt and the reason', () => {
  const job = viewOf('hiccups', {}, { retrying: { attempt: 3, type: 'UnstructuredConnectionError' } });
  expect(frame(job)).toContain('try 3 after ConnectionError');
});

test('a failed check stays in sight until the next answer', () => {
  expect(frame(viewOf('hiccups', failing))).toContain('1 check failed: ServerError');
});

test('a job that no worker takes anything of shows the task queue', () => {
  const unserved = { since: '', taskQueue: 'documents' };
  expect(frame(viewOf('simple', { activity: 'checking', unserved }))).toContain('no worker on documents');
  expect(frame(runViewOf({ phase: 'uploading', wait: null, unserved }))).toContain('no worker on documents');
  const { lines } = renderChanges([viewOf('simple', { unserved })], new Map());
  expect(lines).toEqual(['simple   IN_PROGRESS  no worker on documents']);
});

test('an end shows the number of files, and no time that goes on', () => {
  const job = viewOf('simple', { status: 'COMPLETED', activity: 'ended', nextCheckAt: null });
  expect(frame(job)).toBe('✔ simple   COMPLETED                3 checks   done, 2 output node files');
  expect(frame(viewOf('failing', { status: 'FAILED', activity: 'ended' }))).toContain('✖ failing  FAILED');
});

test.each([
  [
    { phase: 'uploading', done: 1, total: 3, wait: null },
    '● runJob   uploading                0 checks   1 of 3 documents sent',
  ],
  [{ phase: 'starting', wait: null }, '● runJob   starting                 0 checks   starting the job'],
  [
    { phase: 'searching', wait: null },
    '● runJob   searching                0 checks   looking for the job that may have started',
  ],
  [{ phase: 'running' }, '● runJob   running      10 s        3 checks   next check in 2 s'],
  [{ phase: 'fetching', done: 2, total: 3 }, '● runJob   fetching     10 s        3 checks   2 of 3 outputs saved'],
] as const)('a run shows its phase: %j', (run, line) => {
  expect(frame(runViewOf(run), 90)).toBe(line);
});

test('a run that ended is as good as its job', () => {
  const wait = viewOf('', { status: 'COMPLETED', activity: 'ended' }).progress;
  expect(frame(runViewOf({ phase: 'ended', wait }))).toBe(
    '✔ runJob   ended                    3 checks   done, 3 documents',
  );
});

test('an unknown status is shown as it came, without what steers a terminal', () => {
  expect(frame(viewOf('simple', { status: 'PAUSED\u001b[2J' }))).toContain('? simple   PAUSED [2J');
});

test('no line is wider than the terminal', () => {
  const jobs = [viewOf('a-very-long-name', { ...failing, status: 'A_VERY_LONG_STATUS', checks: 123_456_789 })];
  for (const width of [50, 60, 80]) {
    expect(renderFrame(jobs, NOW, width, plain).length).toBeLessThanOrEqual(width);
  }
});

test('without a terminal a line is printed only where something changed but the number of checks', () => {
  const first = renderChanges([viewOf('simple'), viewOf('queued', { status: 'SCHEDULED' })], new Map());
  expect(first.lines).toEqual(['simple   IN_PROGRESS', 'queued   SCHEDULED']);
  const second = renderChanges([viewOf('simple', { checks: 4 }), viewOf('queued')], first.now);
  expect(second.lines).toEqual(['queued   IN_PROGRESS']);
  const third = renderChanges([viewOf('simple', failing), viewOf('queued')], second.now);
  expect(third.lines).toEqual(['simple   IN_PROGRESS  1 check failed: ServerError']);
});

test('without a terminal a run prints its phases, not each document', () => {
  const first = renderChanges([runViewOf({ phase: 'uploading', done: 0, total: 3, wait: null })], new Map());
  expect(first.lines).toEqual(['runJob   uploading']);
  const second = renderChanges([runViewOf({ phase: 'uploading', done: 1, total: 3, wait: null })], first.now);
  expect(second.lines).toEqual([]);
});

test('nothing is printed of a job that nobody has seen', () => {
  expect(renderChanges([{ name: 'simple', progress: null, retrying: null }], new Map()).lines).toEqual([]);
});
