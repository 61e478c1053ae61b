import { describe, expect, it } from 'vitest';
import type { FailedCall } from '../../../src/core/call-error';
import { waitProgress } from '../../../src/core/wait/progress';
import { budgetEnds, NO_BUDGET_ENDS } from '../../../src/core/wait/budgets';
import { asked, beginCancel } from '../../../src/core/wait/cancel';
import type { Observation } from '../../../src/core/wait/job-check';
import { checking, hinted, planned } from '../../../src/core/wait/next-check';
import {
  after,
  answer,
  DAY,
  error,
  HOUR,
  JOB_ID,
  listOf,
  MINUTE,
  newWait,
  noAnswer,
  nodeFile,
  optionsWith,
  SECOND,
  START,
} from '../fixtures';

const queued = answer('SCHEDULED');
const running = answer('IN_PROGRESS', { outputNodeFiles: listOf([nodeFile('a.pdf')]) });

describe('the progress', () => {
  it('of a new wait says that nothing was seen', () => {
    expect(waitProgress(newWait(), null, 'sleeping')).toEqual({
      account: null,
      budgetEndsAt: NO_BUDGET_ENDS,
      jobId: JOB_ID,
      awaited: null,
      status: null,
      statusSince: null,
      activity: 'sleeping',
      watch: null,
      nextCheckAt: null,
      limitAt: null,
      startedAt: '2026-01-01T00:00:00.000Z',
      lastCheckAt: null,
      checks: 0,
      failures: {},
      failing: null,
      lastError: null,
      unknownStatuses: {},
      unreadableEntries: 0,
      queuedMs: 0,
      runningMs: 0,
      outputNodeFilesTotal: null,
      hints: 0,
      searchAttributesError: null,
      cancel: null,
      stalled: null,
      nodeCountsError: null,
      unserved: null,
    });
  });

  it('of a wait in trouble says what is wrong since when, and when the next check comes', () => {
    const seen = after([queued, running, running, answer('PAUSED'), running, error('server'), error('timeout')]);
    const state = hinted(planned(seen, START + 8 * MINUTE));
    expect(waitProgress(state, START + HOUR, 'sleeping')).toEqual({
      account: null,
      budgetEndsAt: NO_BUDGET_ENDS,
      jobId: JOB_ID,
      awaited: null,
      status: 'IN_PROGRESS',
      statusSince: '2026-01-01T00:04:01.000Z',
      activity: 'sleeping',
      watch: null,
      nextCheckAt: '2026-01-01T00:08:00.000Z',
      limitAt: '2026-01-01T01:00:00.000Z',
      startedAt: '2026-01-01T00:00:00.000Z',
      lastCheckAt: '2026-01-01T00:06:00.000Z',
      checks: 7,
      failures: { UnstructuredServerError: 1, UnstructuredTimeoutError: 1 },
      failing: { count: 2, since: '2026-01-01T00:05:01.000Z' },
      lastError: { type: 'UnstructuredTimeoutError', message: 'timeout failed', at: '2026-01-01T00:06:01.000Z' },
      unknownStatuses: { PAUSED: 1 },
      unreadableEntries: 0,
      queuedMs: MINUTE,
      runningMs: 4 * MINUTE,
      outputNodeFilesTotal: 1,
      hints: 1,
      searchAttributesError: null,
      cancel: null,
      stalled: null,
      nodeCountsError: null,
      unserved: null,
    });
  });

  it('tells which task queue no worker takes checks from, until the end', () => {
    const state = { ...newWait(), unserved: { since: START, taskQueue: 'documents' } };
    const told = { since: '2026-01-01T00:00:00.000Z', taskQueue: 'documents' };
    expect(waitProgress(state, null, 'checking').unserved).toEqual(told);
    expect(waitProgress(state, null, 'ended').unserved).toBeNull();
  });

  it('keeps the time since which a status was seen', () => {
    expect(after([running, running, error('server'), noAnswer, running]).statusSince).toBe(START + SECOND);
  });

  it('has no limit after the end', () => {
    expect(waitProgress(after([running]), START + HOUR, 'checking').limitAt).toBe('2026-01-01T01:00:00.000Z');
    expect(waitProgress(after([running]), START + HOUR, 'ended').limitAt).toBeNull();
  });

  it('has no next check during a check and after the end', () => {
    const state = planned(after([running]), START + HOUR);
    expect(waitProgress(checking(state), null, 'checking').nextCheckAt).toBeNull();
    expect(checking(state).nextCheckAt).toBeNull();
    expect(waitProgress(state, null, 'checking').nextCheckAt).toBeNull();
    expect(waitProgress(state, null, 'ended').nextCheckAt).toBeNull();
  });

  it('tells how cancelling the job stands', () => {
    const error403 = error('permission') as FailedCall;
    const state = asked(beginCancel(after([running]), START + HOUR), error403, START + HOUR);
    expect(waitProgress(state, null, 'checking').cancel).toEqual({
      since: '2026-01-01T01:00:00.000Z',
      asks: 1,
      accepted: false,
      confirmed: false,
      lastError: {
        type: 'UnstructuredPermissionError',
        message: 'permission failed',
        at: '2026-01-01T01:00:00.000Z',
        api: { kind: 'permission' },
      },
    });
  });

  it('forgets a row of failures once an answer came, and keeps the last error', () => {
    const progress = waitProgress(after([running, error('server'), running]), null, 'sleeping');
    expect(progress).toMatchObject({ failing: null, lastError: { type: 'UnstructuredServerError' } });
  });
});

describe('the ends of budgets', () => {
  const options = optionsWith({ credentialBudget: MINUTE, requestErrorBudget: HOUR, outageBudget: DAY });
  const ends = (...observations: Observation[]) => budgetEnds(after(observations), options);
  const at = (ms: number) => new Date(START + ms).toISOString();
  /** The first check of a minute later ends a second after it began. */
  const FAILED = MINUTE + SECOND;

  it('are told for what uses them up, from the first failure on', () => {
    const refused = error('authentication', { status: 401 });
    const odd = error('request', { status: 410 });
    expect(ends(running)).toEqual(NO_BUDGET_ENDS);
    expect(ends(running, error('server'), error('server'))).toEqual({ ...NO_BUDGET_ENDS, outage: at(FAILED + DAY) });
    expect(ends(running, refused, refused)).toMatchObject({ credentials: at(FAILED + MINUTE), requestErrors: null });
    expect(ends(running, odd, odd)).toMatchObject({ requestErrors: at(FAILED + HOUR), credentials: null });
    expect(ends(running, answer('ARCHIVED'))).toEqual({ ...NO_BUDGET_ENDS, unknownStatus: at(FAILED + DAY) });
    expect(ends(running, refused, running)).toEqual(NO_BUDGET_ENDS);
  });

  it('stand in the progress with the account, until the end', () => {
    const state = after([running, error('server')]);
    const more = { account: 'eu', budgetEndsAt: budgetEnds(state, options) };
    expect(waitProgress(state, null, 'sleeping', more)).toMatchObject(more);
    expect(waitProgress(state, null, 'ended', more)).toMatchObject({ account: 'eu', budgetEndsAt: NO_BUDGET_ENDS });
  });
});
