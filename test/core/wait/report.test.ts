import { describe, expect, it, test } from 'vitest';
import { waitReport, waitResult } from '../../../src/core/wait/report';
import { hinted } from '../../../src/core/wait/next-check';
import { startWait } from '../../../src/core/wait/state';
import {
  after,
  answer,
  error,
  HOUR,
  JOB_ID,
  jobSummary,
  listOf,
  MINUTE,
  noAnswer,
  nodeFile,
  SECOND,
  START,
} from '../fixtures';
import { replies, simulate, timeline } from '../simulate';

const queued = answer('SCHEDULED');
const running = answer('IN_PROGRESS', { outputNodeFiles: listOf([nodeFile('a.pdf')]) });
const completed = answer('COMPLETED');

it('starts with a state that knows nothing', () => {
  expect(startWait({ jobId: JOB_ID, files: 'final', safetyGapMs: 7 }, START)).toEqual({
    version: 1,
    jobId: JOB_ID,
    startedAt: START,
    files: 'final',
    job: null,
    statusSince: null,
    queuedSince: null,
    runningSince: null,
    countedUntil: START,
    queuedMs: 0,
    runningMs: 0,
    inputFileIds: null,
    outputNodeFiles: null,
    checks: 0,
    answers: 0,
    lastCheck: null,
    lastUnfinishedCheckAt: null,
    nextCheckAt: null,
    failures: {},
    lastError: null,
    failing: null,
    outage: null,
    credentialFailing: null,
    jobNotFoundSince: null,
    unknownStatuses: {},
    unknown: null,
    hints: { received: 0, pending: false, checking: false, checkSoon: false, safetyGapMs: 7 },
  });
});

describe('the report', () => {
  it('says what the wait did and saw', () => {
    const state = after([queued, queued, error('server'), running, noAnswer, answer('PAUSED'), running, completed]);
    expect(waitReport(hinted(state), START + 10 * MINUTE)).toEqual({
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:10:00.000Z',
      checks: 8,
      failures: { UnstructuredServerError: 1, TimeoutFailure: 1 },
      unknownStatuses: { PAUSED: 1 },
      unreadableEntries: 0,
      queuedMs: 3 * MINUTE,
      runningMs: 3 * MINUTE,
      hints: 1,
      noticedWithinMs: MINUTE + SECOND,
    });
  });

  it('counts neither a failure nor an unknown status in a healthy wait', () => {
    const { state } = simulate(timeline([HOUR, queued], [3 * HOUR, running], [Infinity, completed]));
    expect(state.checks).toBeGreaterThan(100);
    expect(waitReport(state, START)).toMatchObject({ failures: {}, unknownStatuses: {}, hints: 0 });
  });

  it.each([
    ['a job in the queue', queued],
    ['a running job', running],
    ['a job of unknown status', answer('PAUSED')],
  ])('counts how old the completion can be from the begin of the last check that saw %s', (_, unfinished) => {
    const run = simulate(replies(unfinished, error('server'), noAnswer, completed));
    expect(run.endedAt).toBe(34 * SECOND);
    expect(waitReport(run.state, START + run.endedAt).noticedWithinMs).toBe(34 * SECOND);
  });

  it('counts no time after it was noticed, as for questions about the documents', () => {
    const run = simulate(replies(running, completed));
    const noticedWithinMs = waitReport(run.state, START + run.endedAt).noticedWithinMs;
    expect(waitReport(run.state, START + run.endedAt + HOUR).noticedWithinMs).toBe(noticedWithinMs);
  });

  it('cannot tell how old the completion is where the first answer was terminal', () => {
    const run = simulate(replies(error('server'), completed));
    expect(waitReport(run.state, START + run.endedAt).noticedWithinMs).toBeNull();
  });

  it('adds no time to the clocks for a job that was not seen, is done, or has an unknown status', () => {
    const state = after([error('server'), answer('PAUSED'), completed, completed]);
    expect(state).toMatchObject({ queuedMs: 0, runningMs: 0 });
  });
});

test('the result holds the job, the lists and the report', () => {
  const state = after([running, completed]);
  expect(waitResult(state, jobSummary('COMPLETED'), START + HOUR)).toEqual({
    job: jobSummary('COMPLETED'),
    inputFileIds: null,
    outputNodeFiles: [nodeFile('a.pdf')],
    outputNodeFilesSource: 'earlierAnswer',
    outputNodeFilesTotal: 1,
    documents: null,
    documentsError: null,
    wait: waitReport(state, START + HOUR),
  });
});

it('bounds the names that come from outside', () => {
  const statuses = Array.from({ length: 100 }, (_, i) => answer(`STATUS_${i}_${'x'.repeat(100)}`));
  const { unknownStatuses } = after(statuses);
  expect(Object.keys(unknownStatuses)).toHaveLength(21);
  expect(unknownStatuses['other']).toBe(80);
  expect(Math.max(...Object.keys(unknownStatuses).map((name) => name.length))).toBe(60);
});
