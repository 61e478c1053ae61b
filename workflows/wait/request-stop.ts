import { CancellationScope, log, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities';
import { innerFailure } from '../../src/common/failure';
import type { AwaitJobInput } from '../../src/common/inputs';
import { CANCEL_JOB } from '../../src/core/names';
import { ASKING } from '../support/schedule';

/** How long a request may take with its repetitions, and until a worker takes it. */
const REQUEST_LIMIT = '20 seconds';

/**
 * Asks the API to stop a job that nobody awaits, and does not check that it stops. No cancellation reaches it, and it never fails.
 * @param taskQueue @default the workflow's own
 */
export async function requestStop({ jobId, account }: AwaitJobInput, taskQueue: string | undefined): Promise<void> {
  if (jobId === undefined) return; // a job that has not appeared
  const activities = proxyActivities<OperationActivities>({
    ...ASKING,
    scheduleToCloseTimeout: REQUEST_LIMIT,
    taskQueue,
    summary: `cancel job ${jobId}`,
  });
  const request = () => activities[CANCEL_JOB]({ jobId, account, benign: true });
  await CancellationScope.nonCancellable(request).catch((error: unknown) =>
    log.warn('The job could not be cancelled', { jobId, error: innerFailure(error).message }),
  );
}
