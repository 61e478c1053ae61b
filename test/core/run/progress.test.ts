// What a run is doing is told by what it knows: by its start, then by its wait, then by its outputs.
import { describe, expect, it, test } from 'vitest';
import type { RefusedDocument } from '../../../src/core/refusal';
import { progressOfRun, type RunView } from '../../../src/core/run/progress';
import type { StartUnderWay } from '../../../src/core/start/drive';
import { DEFAULT_START_OPTIONS, type StartOptions } from '../../../src/core/start/options';
import { searched } from '../../../src/core/start/search';
import {
  answered,
  beginStart,
  beginUncertain,
  cancelledWhileUncertain,
  sending,
  type StartState,
  unanswered,
} from '../../../src/core/start/state';
import { waitProgress } from '../../../src/core/wait/progress';
import { startWait, type WaitState } from '../../../src/core/wait/state';
import { detailsOfRun } from '../../../workflows/run/current-details';
import { JOB_ID, jobSummary, MINUTE, START } from '../fixtures';
import {
  documentRefused,
  failedStart,
  jobAtStart,
  listOfJobs,
  notSent,
  ON_DEMAND,
  rateLimited,
  startedAnswer,
  TOKEN,
  uncertain,
} from '../start/fixtures';

const begun = beginStart(TOKEN);
const UNREAD: RefusedDocument = { index: 1, ref: 'm:1', reason: 'notReadable', message: 'cut' };
const startOf = (
  state: StartState,
  activity: StartUnderWay['activity'] = 'sleeping',
  options: Partial<StartOptions> = {},
): NonNullable<RunView['start']> => ({
  state,
  activity,
  options: { ...DEFAULT_START_OPTIONS, ...options },
  jobToStart: ON_DEMAND,
  uploads: [{ ref: 'file:///a.pdf', uploadName: 'a.pdf' }],
});
const view = (given: Partial<RunView>): RunView => ({
  account: undefined,
  documents: 3,
  jobId: null,
  start: null,
  wait: null,
  transfer: null,
  outputs: null,
  collectEndsAt: null,
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
  it.each<[string, string, Partial<RunView>]>([
    ['uploading', 'a start that goes out', { start: startOf(sending(begun, START), 'sending') }],
    ['starting', 'a start that was refused', { start: startOf(failedStart(rateLimited()), 'sleeping') }],
    ['starting', 'a workflow that is looked at', { start: startOf(begun, 'listing') }],
    ['searching', 'a start that was not answered', { start: startOf(failedStart(uncertain), 'listing') }],
    [
      'searching',
      "an earlier run's start",
      { start: startOf(beginUncertain(TOKEN, { sentAt: START }, START), 'sleeping') },
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
  const start = startOf({ ...sending(begun, START), unserved }, 'sending');
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
  const start = startOf(sending(begun, START), 'sending');
  expect(counts({ start })).toEqual([0, 3]);
  expect(counts({ start, transfer: { phase: 'upload', done: 2, total: 3 } })).toEqual([2, 3]);
  const stale = { phase: 'upload', done: 3, total: 3 } as const;
  expect(counts({ ...waiting('COMPLETED'), outputs: 40, transfer: stale })).toEqual([0, 40]);
  const collecting = { phase: 'collect', done: 12, total: 40 } as const;
  expect(counts({ ...waiting('COMPLETED'), outputs: 40, transfer: collecting })).toEqual([12, 40]);
  expect(counts({ start, transfer: collecting })).toEqual([0, 3]);
  expect(counts({ ...waiting('IN_PROGRESS'), transfer: stale })).toEqual([null, null]);
});

test('how the last send failed, and when', () => {
  const lastError = (state: ReturnType<typeof failedStart>) =>
    progressOfRun(view({ start: startOf(state) })).start?.lastError;
  expect(lastError(begun)).toBeNull();
  expect(lastError(failedStart(notSent))).toEqual({
    type: 'UnstructuredConnectionError',
    message: expect.any(String) as unknown,
    at: '2026-01-01T00:00:00.000Z',
  });
  const lost = unanswered(sending(failedStart(rateLimited()), START + MINUTE), uncertain, START + 2 * MINUTE);
  expect(lastError(lost)).toMatchObject({ type: 'UnstructuredServerError', at: '2026-01-01T00:02:00.000Z' });
});

test('the account is the one that the input names', () => {
  expect(progressOfRun(view({ account: 'eu' })).account).toBe('eu');
  expect(progressOfRun(view({})).account).toBeNull();
});

describe('until when a start is tolerated', () => {
  const HOUR = 60 * MINUTE;
  const NOTHING = { credentials: null, start: null, documents: null, outage: null };
  const after = (ms: number) => new Date(START + ms).toISOString();
  const startIn = (state: StartState, options: Partial<StartOptions> = {}, given: Partial<RunView> = {}) =>
    progressOfRun(view({ start: startOf(state, 'sleeping', options), ...given })).start!;
  const limited = failedStart(rateLimited());
  const credential = failedStart(documentRefused('credentialRefused'));
  const unserved = { since: START, taskQueue: 'q' };

  it.each<[string, StartState, object]>([
    ['nothing went wrong', begun, NOTHING],
    ['startBudget: it is refused for now', limited, { ...NOTHING, start: after(24 * HOUR) }],
    ['startOutageBudget: it is not sent', failedStart(notSent), { ...NOTHING, outage: after(12 * HOUR) }],
    [
      'startOutageBudget: no worker takes it',
      { ...sending(begun, START), unserved },
      { ...NOTHING, outage: after(12 * HOUR) },
    ],
    ['credentialBudget: a storage refuses its credential', credential, { ...NOTHING, credentials: after(HOUR) }],
    [
      'the one of the last send, since the first of its kind',
      unanswered(sending(limited, START + HOUR), notSent, START + 2 * HOUR),
      { ...NOTHING, outage: after(13 * HOUR) },
    ],
    [
      'startBudget: the workflow is busy',
      answered(begun, { started: false, detail: null }, START),
      { ...NOTHING, start: after(24 * HOUR) },
    ],
    [
      'the time for documents that cannot be read',
      unanswered(sending(begun, START), notSent, START, { earlierJobIds: null, broken: [UNREAD] }),
      { ...NOTHING, documents: after(10 * MINUTE) },
    ],
    ['it is looked for', failedStart(uncertain), NOTHING],
    ['there is a job', answered(limited, startedAnswer('j'), START), NOTHING],
  ])('%s', (_, state, ends) => expect(startIn(state).budgetEndsAt).toEqual(ends));

  it('by the options of the run', () => {
    expect(startIn(limited, { startBudget: HOUR }).budgetEndsAt.start).toBe(after(HOUR));
    const busy = answered(begun, { started: false, detail: null }, START);
    expect(startIn(busy, { whenBusy: 'fail' }).budgetEndsAt).toEqual(NOTHING);
  });

  it('no longer after the end', () => {
    expect(startIn(limited, {}, { isEnded: true }).budgetEndsAt).toEqual(NOTHING);
    expect(startIn(failedStart(uncertain), {}, { isEnded: true }).searchEndsAt).toBeNull();
  });

  test('a start that was not answered is looked for until its last look', () => {
    const lost = failedStart(uncertain);
    const looked = { ...lost, uncertain: { ...lost.uncertain!, searches: 3, lastSearchAt: START + 40_000 } };
    expect(startIn(limited).searchEndsAt).toBeNull();
    expect(startIn(lost).searchEndsAt).toBe(after(2 * MINUTE));
    expect(startIn(looked).searchEndsAt).toBe(after(145_000));
    const cancelled = cancelledWhileUncertain(lost, START + MINUTE);
    expect(startIn(cancelled, { confirmLimit: 30_000 }).searchEndsAt).toBe(after(90_000));
    expect(startIn({ ...lost, startedJob: { how: 'found', ...jobAtStart('j') } }).searchEndsAt).toBeNull();
  });

  test('looks that fail have startOutageBudget', () => {
    const lost = failedStart(uncertain);
    const failing = { ...lost, uncertain: { ...lost.uncertain!, failedSearches: 1, lastSearchAt: START + MINUTE } };
    expect(startIn(failing)).toMatchObject({
      searchEndsAt: after(12 * HOUR),
      budgetEndsAt: { ...NOTHING, outage: after(12 * HOUR) },
    });
    expect(startIn(failing, { startOutageBudget: 0 }).searchEndsAt).toBe(after(MINUTE));
  });

  test('a last look that misses jobs that ended is repeated once, and is no outage', () => {
    const lost = failedStart(uncertain);
    const beforeTheLast = { ...lost, uncertain: { ...lost.uncertain!, searches: 5, lastSearchAt: START + MINUTE } };
    const partial = searched(beforeTheLast, [listOfJobs([])], ON_DEMAND, 1, START + 2 * MINUTE, ['COMPLETED']);
    expect(startIn(partial)).toMatchObject({ searchEndsAt: after(150_000), budgetEndsAt: NOTHING });
    const failing = searched(partial, null, ON_DEMAND, 1, START + 150_000);
    expect(startIn(failing).searchEndsAt).toBe(after(12 * HOUR));
  });

  test('the Web UI shows it, and the account', () => {
    const shown = (state: StartState) => detailsOfRun(progressOfRun(view({ account: 'eu', start: startOf(state) })));
    expect(shown(limited)).toMatch(/Tolerated.until \| 2026-01-02 00:00:00 UTC \(startBudget\)/);
    expect(shown(limited)).toContain('| Account | `eu` |');
    expect(shown(credential)).toMatch(/Tolerated.until \| 2026-01-01 01:00:00 UTC \(credentialBudget\)/);
    expect(shown(failedStart(notSent))).toMatch(/Tolerated.until \| 2026-01-01 12:00:00 UTC \(startOutageBudget\)/);
    const unread = unanswered(sending(begun, START), notSent, START, { earlierJobIds: null, broken: [UNREAD] });
    expect(shown(unread)).toMatch(/Tolerated.until \| 2026-01-01 00:10:00 UTC \(documents that cannot be read\)/);
    expect(shown(failedStart(uncertain))).toMatch(/Looked.for.until \| 2026-01-01 00:02:00 UTC/);
    expect(shown(begun)).not.toMatch(/until/);
  });
});
