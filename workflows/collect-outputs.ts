import { proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../activities/operations';
import { COLLECT_JOB_OUTPUTS } from '../src/core/names';
import type { CollectAnswer, CollectRequest } from '../src/core/run/collect';

/** Where the activity runs. */
export interface CollectOptions {
  /** Task queue of the activity. @default the workflow's own */
  taskQueue?: string;
}

/**
 * Saves a job's outputs through the activity `unstructured.collectJobOutputs`. A worker that dies is replaced, and what is there and whole is
 * not fetched again.
 *
 * @throws ActivityFailure; `unstructuredFailure(err)` gives the typed failure inside, such as UnstructuredTransferError
 */
export async function collectJobOutputs(request: CollectRequest, options: CollectOptions = {}): Promise<CollectAnswer> {
  const { files, jobId } = request;
  if (files.length === 0) return { saved: [], lost: [] };
  const activities = proxyActivities<OperationActivities>({
    taskQueue: options.taskQueue,
    startToCloseTimeout: '6 hours',
    heartbeatTimeout: '20 seconds',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary: `fetch the outputs of ${files.length} files: job ${jobId}`,
  });
  return activities[COLLECT_JOB_OUTPUTS](request);
}
