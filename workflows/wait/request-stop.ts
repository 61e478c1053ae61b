import { CancellationScope, log, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities';
import { innerFailure } from '../../src/common/failure';
import type { AwaitJobInput } from '../../src/common/inputs';
import { CANCEL_JOB } from '../../src/core/names';
import { ASKING } from '../support/schedule';

/** Asks the API to stop a job that nobody awaits, and does not check that it stops. No cancellation reaches it, and it never fails. */
export async function requestStop({ jobId, account, activityTaskQueue: taskQueue }: AwaitJobInput): Promise<void> {
  if (jobId === undefined) return; // a job that has not appeared
  const activities = proxyActivities<OperationActivities>({ ...ASKING, taskQueue, summary: `cancel job ${jobId}` });
  const request = () => activities[CANCEL_JOB]({ jobId, account, benign: true });
  await CancellationScope.nonCancellable(request).catch((error: unknown) =>
    log.warn('The job could not be cancelled', { jobId, error: innerFailure(error).message }),
  );
}
