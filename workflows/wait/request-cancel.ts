import { log, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities';
import { callErrorOf, type FailedCall } from '../../src/core/call-error';
import { CANCEL_JOB } from '../../src/core/names';
import { failedCall } from '../support/failures';
import { ASKING } from '../support/schedule';

/** Account and task queue of a request. */
interface CancelPlace {
  account?: string | undefined;
  /** @default the workflow's own */
  activityTaskQueue?: string | undefined;
}

/**
 * Asks the API to stop a job, without a check that the job stops.
 * @param attempts 1 if the caller must know whether a request may have been accepted: a retry by Temporal would hide that an answer was lost
 * @returns why the request failed; undefined if the API accepted it
 */
export async function requestCancel(
  jobId: string,
  { account, activityTaskQueue }: CancelPlace,
  timeoutMs: number,
  attempts: number,
): Promise<FailedCall | undefined> {
  const activities = proxyActivities<OperationActivities>({
    ...ASKING,
    taskQueue: activityTaskQueue,
    scheduleToCloseTimeout: timeoutMs,
    retry: { maximumAttempts: attempts },
    summary: `cancel job ${jobId}`,
  });
  try {
    await activities[CANCEL_JOB]({ jobId, account, benign: true });
    return undefined;
  } catch (error) {
    return failedCall(error);
  }
}

export function logCancelFailed(jobId: string, failed: FailedCall): void {
  const { type, message } = callErrorOf(failed);
  log.warn('The job could not be cancelled', { jobId, type, error: message });
}
