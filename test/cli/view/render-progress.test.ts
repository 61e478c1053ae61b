import { expect, test } from 'vitest';
import { renderChanges, renderFrame } from '../../../src/cli/view/render-progress';
import type { JobView } from '../../../src/cli/view/job-view';
import type { RunProgress } from '../../../src/core/run/progress';
import { NO_START_BUDGET_ENDS, type StartBudgetEnds } from '../../../src/core/start/budgets';
import { NO_BUDGET_ENDS } from '../../../src/core/wait/budgets';
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

const inMinutes = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const startOf = (start: Partial<RunProgress['start']>): RunProgress['start'] => ({
  sends: 1,
  lastError: null,
  budgetEndsAt: NO_START_BUDGET_ENDS,
  searchEndsAt: null,
  ...start,
});
const lastError = { type: 'UnstructuredRateLimitError', message: '', at: '' };
const budgetOf = (name: keyof StartBudgetEnds) => ({ ...NO_START_BUDGET_ENDS, [name]: inMinutes(90) });

test.each<[string, string, JobView]>([
  [
    'a refused start',
    'start refused: RateLimitError, 1 h 30 min left',
    runViewOf({ phase: 'starting', wait: null, start: startOf({ lastError, budgetEndsAt: budgetOf('start') }) }),
  ],
  [
    'a workflow that is busy',
    'starting the job, 1 h 30 min left',
    runViewOf({ phase: 'starting', wait: null, start: startOf({ budgetEndsAt: budgetOf('start') }) }),
  ],
  [
    'a start that no worker takes',
    'no worker on q, 1 h 30 min left',
    runViewOf({
      phase: 'uploading',
      wait: null,
      unserved: { since: '', taskQueue: 'q' },
      start: startOf({ budgetEndsAt: budgetOf('outage') }),
    }),
  ],
  [
    'a start that was not answered',
    'looking for its job, 2 min 0 s left',
    runViewOf({ phase: 'searching', wait: null, start: startOf({ lastError, searchEndsAt: inMinutes(2) }) }),
  ],
  [
    'a credential that is refused while outputs are fetched',
    '1 of 3 saved: StorageError, 10 min 0 s left',
    runViewOf({
      phase: 'fetching',
      done: 1,
      total: 3,
      fetching: {
        retries: 1,
        lastError: { ...lastError, type: 'UnstructuredStorageError' },
        limitAt: inMinutes(600),
        budgetEndsAt: { credentials: inMinutes(10) },
      },
    }),
  ],
  [
    'a wait whose checks fail',
    '1 check failed: ServerError, 12 h 0 min left',
    viewOf('hiccups', { ...failing, budgetEndsAt: { ...NO_BUDGET_ENDS, outage: inMinutes(720) } }),
  ],
])('how long it is tolerated is told of %s', (_, note, job) => {
  expect(frame(job, 120)).toContain(note);
});

test('without a terminal no line changes with the time that is left', () => {
  const start = (minutes: number) =>
    startOf({ lastError, budgetEndsAt: { ...NO_START_BUDGET_ENDS, start: inMinutes(minutes) } });
  const first = renderChanges([runViewOf({ phase: 'starting', wait: null, start: start(90) })], new Map());
  expect(first.lines).toEqual(['runJob   starting     start refused: RateLimitError']);
  const second = renderChanges([runViewOf({ phase: 'starting', wait: null, start: start(80) })], first.now);
  expect(second.lines).toEqual([]);
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
  [{ phase: 'searching', wait: null }, '● runJob   searching                0 checks   looking for its job'],
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
