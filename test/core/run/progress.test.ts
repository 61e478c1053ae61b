// What a run is doing is told by what it knows: by its start, then by its wait, then by its outputs.
import { describe, expect, test } from 'vitest';
import { progressOfRun, type RunView } from '../../../src/core/run/progress';
import { beginStart, beginUncertain, sending, unanswered } from '../../../src/core/start/state';
import { waitProgress } from '../../../src/core/wait/progress';
import { startWait, type WaitState } from '../../../src/core/wait/state';
import { JOB_ID, jobSummary, MINUTE, START } from '../fixtures';
import { failedStart, notSent, rateLimited, TOKEN, uncertain } from '../start/fixtures';

const begun = beginStart(TOKEN);
const view = (given: Partial<RunView>): RunView => ({
  documents: 3,
  jobId: null,
  start: null,
  wait: null,
  transfer: null,
  outputs: null,
  nodeStats: null,
  unserved: null,
  isEnded: false,
  ...given,
});
const waiting = (status: string | null): Pick<RunView, 'wait'> => {
  const state: WaitState = startWait({ jobId: JOB_ID, files: 'all', safetyGapMs: null }, START);
  return { wait: waitProgress({ ...state, job: status === null ? null : jobSummary(status) }, null, 'sleeping') };
};

describe('the phase', () => {
  test.each<[string, string, Partial<RunView>]>([
    ['uploading', 'a start that goes out', { start: { state: sending(begun, START), activity: 'sending' } }],
    ['starting', 'a start that was refused', { start: { state: failedStart(rateLimited()), activity: 'sleeping' } }],
    ['starting', 'a workflow that is looked at', { start: { state: begun, activity: 'listing' } }],
    ['searching', 'a start that was not answered', { start: { state: failedStart(uncertain), activity: 'listing' } }],
    [
      'searching',
      "an earlier run's start",
      { start: { state: beginUncertain(TOKEN, { sentAt: START }, START), activity: 'sleeping' } },
    ],
    ['queued', 'a job that was not seen', waiting(null)],
    ['queued', 'a job that is SCHEDULED', waiting('SCHEDULED')],
    ['running', 'a job that is IN_PROGRESS', waiting('IN_PROGRESS')],
    ['running', 'a job of a status that is not known', waiting('PAUSED')],
    ['fetching', 'outputs that are fetched', { ...waiting('COMPLETED'), outputs: 2 }],
    ['ended', 'whatever it was', { ...waiting('COMPLETED'), outputs: 2, isEnded: true }],
  ])('%s: %s', (phase, _, given) => {
    expect(progressOfRun(view(given)).phase).toBe(phase);
  });
});

test('no worker is told of the start, the wait or the outputs, whichever it is, and of none after the end', () => {
  const unserved = { since: START, taskQueue: 'documents' };
  const told = { since: '2026-01-01T00:00:00.000Z', taskQueue: 'documents' };
  const of = (given: Partial<RunView>) => progressOfRun(view(given)).unserved;
  const start = { state: { ...sending(begun, START), unserved }, activity: 'sending' } as const;
  const { wait } = waiting('COMPLETED');
  const held = wait && { ...wait, unserved: told };
  expect(of({ unserved })).toEqual(told);
  expect(of({ start })).toEqual(told);
  expect(of({ wait: held })).toEqual(told);
  expect(of({ start, wait })).toBeNull();
  expect(of({ wait, outputs: 2, unserved })).toEqual(told);
  expect(of({ start, wait, outputs: 2 })).toBeNull();
  expect(of({ start, wait: held, outputs: 2, unserved, isEnded: true })).toBeNull();
});

test('uploads and outputs are counted, each in its own phase', () => {
  const counts = (given: Partial<RunView>) => {
    const { done, total } = progressOfRun(view(given));
    return [done, total];
  };
  const start = { state: sending(begun, START), activity: 'sending' } as const;
  expect(counts({ start })).toEqual([0, 3]);
  expect(counts({ start, transfer: { phase: 'upload', done: 2, total: 3 } })).toEqual([2, 3]);
  const stale = { phase: 'upload', done: 3, total: 3 } as const;
  expect(counts({ ...waiting('COMPLETED'), outputs: 40, transfer: stale })).toEqual([0, 40]);
  const collecting = { phase: 'collect', done: 12, total: 40 } as const;
  expect(counts({ ...waiting('COMPLETED'), outputs: 40, transfer: collecting })).toEqual([12, 40]);
  expect(counts({ ...waiting('IN_PROGRESS'), transfer: stale })).toEqual([null, null]);
});

test('how the last send failed, and when', () => {
  const lastError = (state: ReturnType<typeof failedStart>) =>
    progressOfRun(view({ start: { state, activity: 'sleeping' } })).start?.lastError;
  expect(lastError(begun)).toBeNull();
  expect(lastError(failedStart(notSent))).toEqual({
    type: 'UnstructuredConnectionError',
    message: expect.any(String) as unknown,
    at: '2026-01-01T00:00:00.000Z',
  });
  const lost = unanswered(sending(failedStart(rateLimited()), START + MINUTE), uncertain, START + 2 * MINUTE);
  expect(lastError(lost)).toMatchObject({ type: 'UnstructuredServerError', at: '2026-01-01T00:02:00.000Z' });
});
