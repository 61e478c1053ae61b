import { expect, test } from 'vitest';
import type { WaitProgress } from '../../src/core/wait/progress';
import { startWait } from '../../src/core/wait/state';
import { detailsText, sleepSummary } from '../../workflows/wait/current-details';
import { detailsOfRun } from '../../workflows/run/current-details';
import { runViewOf, viewOf } from '../cli/views';

const lastError = { type: 'UnstructuredServerError', message: 'answered 503', at: '2026-02-01T12:00:00.000Z' };
const failing = { count: 7, since: '2026-02-01T11:58:00.000Z' };

/** The table by the names of its rows, in order. */
function rowsOf(progress: Partial<WaitProgress>): Record<string, string> {
  const rows = detailsText(viewOf('job', progress).progress as WaitProgress)
    .split('\n')
    .slice(2);
  const cellsOf = (row: string): string[] => row.replaceAll('\u00a0', ' ').split('|').slice(1, 3);
  return Object.fromEntries(rows.map((row) => cellsOf(row).map((cell) => cell.trim()) as [string, string]));
}

test('what goes wrong comes right after the status, before when the next check comes', () => {
  const rows = rowsOf({ failing, lastError });
  expect(Object.keys(rows)).toEqual(['Job', 'Status', 'Failing', 'Last error', 'Next check', 'Checks']);
  expect(rows['Failing']).toBe('**7 checks in a row, since 2026-02-01 11:58:00 UTC**');
  expect(rows['Status']).toBe('**IN_PROGRESS** when last seen, since 2026-02-01 11:59:50 UTC');
});

test('that no worker takes a check is told with the task queue, right after the status', () => {
  const unserved = { since: '2026-02-01T11:58:00.000Z', taskQueue: 'documents' };
  const rows = rowsOf({ activity: 'checking', unserved });
  expect(Object.keys(rows)).toEqual(['Job', 'Status', 'Held up', 'Next check', 'Checks']);
  expect(rows['Held up']).toBe('**no worker takes it from task queue `documents`**, since 2026-02-01 11:58:00 UTC');
  expect(rows['Next check']).toBe('when a worker takes it');
  expect(rowsOf({ activity: 'checking' })['Next check']).toBe('now');
});

test('files that stand still are told with where they stand, and that they could not be counted', () => {
  const node = {
    nodeName: 'Partitioner',
    nodeType: null,
    nodeSubtype: null,
    ready: 1,
    inProgress: 2,
    success: 3,
    failure: 4,
  };
  const stalled = { since: '2026-02-01T11:58:00.000Z', nodeStats: [node, { ...node, nodeName: null }] };
  const rows = rowsOf({ stalled, nodeCountsError: 'UnstructuredServerError: answered 503 [x]' });
  expect(Object.keys(rows)).toEqual(['Job', 'Status', 'Stalled', 'Not counted', 'Next check', 'Checks']);
  expect(rows['Stalled']).toBe(
    '**no file moved since 2026-02-01 11:58:00 UTC**; Partitioner: 1 ready, 2 in progress, 3 done, 4 failed; ' +
      'node: 1 ready, 2 in progress, 3 done, 4 failed',
  );
  expect(rows['Not counted']).toBe('UnstructuredServerError: answered 503 \\[x\\]');
});

test('a run tells it once, of its wait as of what else it asks for', () => {
  const unserved = { since: '2026-02-01T11:58:00.000Z', taskQueue: 'documents' };
  const { progress } = viewOf('job', { unserved });
  const texts = [
    runViewOf({ unserved, wait: progress }),
    runViewOf({ unserved, wait: null, phase: 'uploading' }),
    runViewOf({ unserved, phase: 'fetching' }),
  ].map(({ run }) => detailsOfRun(run!));
  expect(texts.map((text) => text.split('no worker takes it').length - 1)).toEqual([1, 1, 1]);
  expect(detailsOfRun(runViewOf().run!)).not.toContain('no worker');
});

test('an error that is over is not mistaken for one that goes on', () => {
  const rows = rowsOf({ lastError });
  expect(rows['Status']).toBe('**IN_PROGRESS**, since 2026-02-01 11:59:50 UTC');
  expect(rows['Last error']).toMatch(/ UnstructuredServerError: answered 503 \(resolved by a later check\)$/);
  expect(rowsOf({ failing, lastError })['Last error']).not.toContain('over');
});

const cancel = { since: '2026-02-01T11:59:00.000Z', asks: 1, accepted: false, confirmed: false, lastError: null };

test.each([
  ['not answered yet', { asks: 0 }],
  ['accepted, not confirmed', { accepted: true }],
  ['accepted, and confirmed: the job has ended', { accepted: true, confirmed: true }],
  ['the job has ended', { confirmed: true, lastError: { ...lastError, api: null } }],
  [
    'not accepted (requests: 3): UnstructuredServerError: answered 503',
    { asks: 3, lastError: { ...lastError, api: null } },
  ],
])('what came of cancelling the job is told: %s', (outcome, facts) => {
  const rows = rowsOf({ cancel: { ...cancel, ...facts } });
  expect(rows['Cancelling']).toBe(`since 2026-02-01 11:59:00 UTC: ${outcome}`);
});

test('questions about the documents of a job that is over are told as such', () => {
  expect(rowsOf({ status: 'COMPLETED', activity: 'askingDocuments' })['Next check']).toBe(
    'none: the job has ended, and its failed documents are requested',
  );
});

test('text from outside makes no link, no image and no formatting', () => {
  const message = 'bad ![x](http://h/p.png) **b** __c__ `d` of a_file_name.pdf | <i> \\';
  expect(rowsOf({ lastError: { ...lastError, message } })['Last error']).toContain(
    'bad \\!\\[x\\](http://h/p.png) \\*\\*b\\*\\* \\_\\_c\\_\\_ \\`d\\` of a_file_name.pdf',
  );
  expect(rowsOf({ jobId: 'a_[b]`c`' })['Job']).toBe("`a_[b]'c'`");
});

test('a timer tells that checks fail', () => {
  const state = { ...startWait({ jobId: 'x', files: 'all', safetyGapMs: null }, 0), checks: 9 };
  expect(sleepSummary(state)).toBe('not seen yet after 9 checks');
  const error = { ...lastError, api: null, retryable: true, at: 0 };
  expect(sleepSummary({ ...state, failing: { count: 7, since: 0 }, lastError: error })).toBe(
    'not seen yet after 9 checks, 7 checks failed in a row: UnstructuredServerError',
  );
});
