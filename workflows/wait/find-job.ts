import { ActivityCancellationType, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { isJobId } from '../../src/core/job';
import { LIST_JOBS } from '../../src/core/names';
import type { ResolvedWaitInput } from '../../src/core/wait/input';
import type { Observation } from '../../src/core/wait/job-check';
import type { WaitState } from '../../src/core/wait/state';
import { BRIEF_RETRY, failedCall, foreignAnswer } from '../support/failures';

/**
 * Looks whether the job that is waited for has appeared: of several, the first that was created.
 * @throws only a cancellation
 */
export async function findJob(
  { account, taskQueue }: ResolvedWaitInput,
  { awaited, checks }: WaitState,
  timeoutMs: number,
): Promise<Observation> {
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
    const { jobs } = await activities[LIST_JOBS]({ account, ...awaited, oldestFirst: true });
    const [first] = jobs;
    if (!first) return { type: 'absent' };
    if (isJobId(first.id)) return { type: 'appeared', jobId: first.id };
    throw foreignAnswer(LIST_JOBS);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failedCall(error);
  }
}
