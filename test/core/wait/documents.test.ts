// What the answers about a COMPLETED job's documents mean: only an answer that says so means that none failed.
import { describe, expect, it, test } from 'vitest';
import type { NodeStats } from '../../../src/core/job-details';
import { judgeQuestion, nextLimit, timeoutWithin } from '../../../src/core/wait/decision';
import { detailsDoubt, documentsOutcome, saysNoneFailed, saysSomeFailed } from '../../../src/core/wait/documents';
import { observe } from '../../../src/core/wait/observe';
import { checking } from '../../../src/core/wait/next-check';
import { after, answer, error, HOUR, MINUTE, noAnswer, optionsWith, SECOND, START } from '../fixtures';

const node = (failure: number): NodeStats => ({
  nodeName: 'partition',
  nodeType: 'partition',
  nodeSubtype: null,
  ready: 0,
  inProgress: 0,
  success: 2,
  failure,
});
const details = (processingStatus: string, ...failures: number[]) => ({
  processingStatus,
  nodeStats: failures.map(node),
});
const listOf = (total: number) => ({
  failedFiles: Array.from({ length: total }, (_, n) => ({ document: `${n}.pdf`, error: 'encrypted' })),
  failedFilesTotal: total,
});

describe.each([
  // processing_status, failures by node, named | none failed for certain, to be taken for failed, doubtful, total
  ['SUCCESS', [], 0, true, false, false, 0],
  ['SUCCESS', [0, 0], 0, true, false, false, 0],
  ['SUCCESS', [0, 1], 0, false, true, false, null],
  ['SUCCESS', [0, 1], 1, false, true, false, 1],
  ['COMPLETED_WITH_ERRORS', [], 0, false, true, false, null],
  ['COMPLETED_WITH_ERRORS', [2], 2, false, true, false, 2],
  ['FAILED', [], 0, false, true, false, null],
  ['STOPPED', [], 1, false, true, false, 1],
  ['SCHEDULED', [], 0, false, false, true, null],
  ['IN_PROGRESS', [0], 0, false, false, true, null],
  ['IN_PROGRESS', [1], 0, false, true, true, null],
  ['IN_PROGRESS', [], 2, false, true, true, null],
  ['ARCHIVED', [], 0, false, true, true, null],
  ['ARCHIVED', [], 1, false, true, true, null],
] as const)('%s with failures %j and %i named', (status, failures, named, none, some, doubtful, total) => {
  const told = details(status, ...failures);
  it('says whether documents failed', () => {
    expect(saysNoneFailed(told)).toBe(none);
    expect(saysSomeFailed(told, listOf(named))).toBe(some);
    expect(detailsDoubt(told) !== null).toBe(doubtful);
  });
  it('has a total where that is one', () => {
    const outcome = documentsOutcome(told, none ? null : listOf(named));
    expect(outcome).toEqual({ processingStatus: status, ...listOf(named), failedFilesTotal: total });
  });
});

test('without the list, what the details say stays', () => {
  expect(saysSomeFailed(details('COMPLETED_WITH_ERRORS'), null)).toBe(true);
  expect(saysSomeFailed(details('SUCCESS', 0), null)).toBe(false);
  expect(documentsOutcome(details('COMPLETED_WITH_ERRORS', 1), null)).toMatchObject({
    failedFiles: [],
    failedFilesTotal: null,
  });
});

test('a doubt is a failed question, and says whether the details lag or are not known', () => {
  expect(detailsDoubt(details('IN_PROGRESS'))).toEqual({
    type: 'UnstructuredResponseError',
    message: 'The job is COMPLETED, but its details still say IN_PROGRESS',
    api: null,
    retryable: true,
  });
  expect(detailsDoubt(details('ARCHIVED'))?.message).toBe(
    'The job is COMPLETED, but its details have a status that this version does not know: ARCHIVED',
  );
});

describe('a question without an answer', () => {
  const options = optionsWith({ totalLimit: HOUR });
  const completed = after([answer('COMPLETED')]);
  const limit = nextLimit(completed, options);
  const failedAt = (begunAt: number, observation = error('server')) =>
    observe(checking(completed), observation, START + begunAt, START + begunAt + 10 * SECOND);
  const judged = (begunAt: number, observation = error('server')) =>
    judgeQuestion(failedAt(begunAt, observation), options, limit, START + begunAt + 10 * SECOND);

  it('is asked again until one begins at the total limit', () => {
    expect(judged(5 * MINUTE)).toBeNull();
    expect(judged(HOUR - SECOND)).toBeNull();
    expect(judged(HOUR)).toMatchObject({
      type: 'UnstructuredJobTimeoutError',
      message: expect.stringMatching(
        /ended COMPLETED, but it was still unknown whether its documents failed when the total/,
      ) as unknown,
      details: {
        limit: 'total',
        limitMs: HOUR,
        lastStatus: 'COMPLETED',
        job: { status: 'COMPLETED' },
        lastCheck: 'error',
      },
    });
  });

  it('ends at the limit also where Temporal made none', () => {
    const state = observe(checking(completed), noAnswer, START + HOUR, START + HOUR + SECOND);
    expect(judgeQuestion(state, options, limit, START + HOUR + SECOND)?.details).toMatchObject({
      lastCheck: 'noAnswer',
    });
  });

  it('ends as what it is where it failed for good', () => {
    const refused = failedAt(MINUTE, error('request', { status: 400 }));
    const judgedBy = (requestErrorBudget: number) =>
      judgeQuestion(refused, { ...options, requestErrorBudget }, limit, START + 2 * MINUTE);
    expect(judgedBy(HOUR)).toBeNull();
    expect(judgedBy(0)?.type).toBe('UnstructuredRequestError');
  });

  it('goes on without a limit', () => {
    expect(judgeQuestion(failedAt(2 * HOUR), optionsWith(), null, START + 3 * HOUR)).toBeNull();
  });

  it('takes as long as the limit leaves, from half a minute to ten minutes', () => {
    expect(timeoutWithin(null, START)).toBe(10 * MINUTE);
    expect(timeoutWithin(limit, START)).toBe(10 * MINUTE);
    expect(timeoutWithin(limit, START + 55 * MINUTE)).toBe(5 * MINUTE);
    expect(timeoutWithin(limit, START + 2 * HOUR)).toBe(30 * SECOND);
  });
});
