import { ActivityCancellationType, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { isJobId } from '../../src/core/job';
import { LIST_JOBS } from '../../src/core/names';
import type { Observation } from '../../src/core/wait/job-check';
import { BRIEF_RETRY, failedCall, foreignAnswer } from '../support/failures';
import { holdOptions, optionsIn, optionsInFailure } from './held-options';
import type { Wait } from './wait';

/**
 * Looks whether the job that is waited for has appeared: of several, the first that was created.
 * @throws only a cancellation
 */
export async function findJob(wait: Wait, timeoutMs: number): Promise<Observation> {
  const { account, taskQueue } = wait.input;
  const { awaited, checks } = wait.state;
  const activities = proxyActivities<OperationActivities>({
    taskQueue,
    startToCloseTimeout: '60 seconds',
    heartbeatTimeout: '10 seconds',
    scheduleToCloseTimeout: timeoutMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: BRIEF_RETRY,
    summary: `look ${checks + 1}: a job of workflow ${awaited?.workflowId ?? ''}`,
  });
  try {
    const query = { account, ...awaited, oldestFirst: true };
    const answer = await activities[LIST_JOBS]({ ...query, ...(wait.proposed && { options: wait.proposed }) });
    holdOptions(wait, optionsIn(answer), true);
    const [first] = answer.jobs;
    if (!first) return { type: 'absent' };
    if (isJobId(first.id)) return { type: 'appeared', jobId: first.id };
    throw foreignAnswer(LIST_JOBS);
  } catch (error) {
    if (isCancellation(error)) throw error;
    holdOptions(wait, optionsInFailure(error), false);
    return failedCall(error);
  }
}
