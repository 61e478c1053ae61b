import { isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { callErrorOf } from '../../src/core/call-error';
import { GET_JOB_DETAILS } from '../../src/core/names';
import { counted, type CountOutcome } from '../../src/core/wait/node-counts';
import { due } from '../../src/core/wait/next-check';
import { jobIdIn } from '../../src/core/wait/state';
import { failedCall } from '../support/failures';
import { ASKING } from '../support/schedule';
import type { Wait, WaitHooks } from './wait';

/**
 * Requests the number of files in each state, by node. A failed call says nothing about the files and does not end the wait. If a later call may
 * succeed, a check follows.
 * @throws only a cancellation
 */
export function countNodes(wait: Wait, hooks: WaitHooks): Promise<void> {
  const { account, activityTaskQueue: taskQueue } = wait.input;
  const jobId = jobIdIn(wait.state);
  const begunAt = Date.now();
  const take = (outcome: CountOutcome): void => {
    const before = wait.state.nodes?.error;
    wait.state = counted(wait.state, wait.options, outcome, begunAt, Date.now());
    const error = wait.state.nodes?.error;
    if (error && error !== before) log.warn('The files at each node could not be counted', { jobId, error });
    hooks.changed?.();
  };
  const activities = proxyActivities<OperationActivities>({
    ...ASKING,
    taskQueue,
    scheduleToCloseTimeout: '30 seconds',
    retry: { maximumAttempts: 1 },
    summary: 'count files at each node',
  });
  return activities[GET_JOB_DETAILS]({ jobId, account, benign: true }).then(
    (answer: unknown) => take({ answer }),
    (error: unknown) => {
      if (isCancellation(error)) throw error;
      const { type, message, api, retryable } = callErrorOf(failedCall(error));
      // Otherwise, a watch would only begin again after each count. The check shows whether the API is unavailable.
      if (retryable && api?.kind !== 'rateLimit') wait.state = due(wait.state, Date.now());
      take({ error: `${type}: ${message}` });
    },
  );
}
