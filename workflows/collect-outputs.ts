import { proxyActivities, type ApplicationFailure } from '@temporalio/workflow';
import type { OperationActivities } from '../activities/operations';
import { COLLECT_JOB_OUTPUTS } from '../src/core/names';
import { invalidInput } from '../src/core/errors';
import { itemsOf, type CollectAnswer, type CollectRequest } from '../src/core/run/collect';
import { expectedBytes } from '../src/core/run/expected-size';
import { toApplicationFailure } from '../src/failure';

/** Temporal refuses an answer above 2 MB, when all is fetched. */
const MAX_ANSWER_BYTES = 1_900_000;

/** Where the activity runs. */
export interface CollectOptions {
  /** Task queue of the activity. @default the workflow's own */
  taskQueue?: string;
}

/**
 * Saves a job's outputs through the activity `unstructured.collectJobOutputs`. A worker that dies is replaced, and what is there and whole is
 * not fetched again.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for more outputs than one answer holds, about 3,000
 * @throws ActivityFailure; `unstructuredFailure(err)` gives the typed failure inside, such as UnstructuredTransferError
 */
export async function collectJobOutputs(request: CollectRequest, options: CollectOptions = {}): Promise<CollectAnswer> {
  const { files, jobId } = request;
  if (files.length === 0) return { saved: [], lost: [] };
  const bytes = expectedBytes(request);
  if (bytes > MAX_ANSWER_BYTES) throw tooMany(bytes, itemsOf(request).length);
  const activities = proxyActivities<OperationActivities>({
    taskQueue: options.taskQueue,
    startToCloseTimeout: '6 hours',
    heartbeatTimeout: '20 seconds',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary: `fetch the outputs of ${files.length} files: job ${jobId}`,
  });
  return activities[COLLECT_JOB_OUTPUTS](request);
}

function tooMany(bytes: number, outputs: number): ApplicationFailure {
  const what = `Option files names ${outputs} outputs, whose answer would be about ${bytes} bytes`;
  const advice = "collect them in several calls, or in a run ask for less by outputs.which: 'final' or fewer documents";
  return toApplicationFailure(invalidInput(`${what}; at most ${MAX_ANSWER_BYTES} fit: ${advice}.`));
}
