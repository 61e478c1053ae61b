import { type ApplicationFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { type Duration, durationToMs } from '../../src/common/duration';
import { bareTimeoutType, innerFailure, toApplicationFailure } from '../../src/common/failure';
import { invalidInput } from '../../src/core/errors';
import { COLLECT_JOB_OUTPUTS } from '../../src/core/names';
import {
  type CollectAnswer,
  type CollectRequest,
  expectedBytes,
  listItems,
  LONGEST_RETRY_PAUSE_MS,
  readCollectLimit,
  type CollectOptionsInput,
} from '../../src/core/run/collect';
import { collectLimitFailure } from '../../src/core/run/failure';
import type { TransferProgress } from '../../src/core/start/request';
import type { ScheduleTimes } from '../../src/core/unserved';
import { checked } from '../support/failures';
import { type ActivityQueue, scheduleShown } from '../support/schedule';

/** Temporal refuses an answer above 2 MB, after everything has been fetched. */
const MAX_ANSWER_BYTES = 1_900_000;

export interface CollectOptions extends CollectOptionsInput<Duration> {
  /** Task queue of the activity. @default the workflow's own */
  activityTaskQueue?: string | undefined;
}

/** Saves a job's outputs, and reports if no worker takes the activity. */
export async function collectShown(
  request: CollectRequest,
  options: CollectOptions,
  queue: Pick<ActivityQueue, 'unserved' | 'note'>,
): Promise<CollectAnswer> {
  const { files, jobId } = request;
  const limitMs = checked(() => readCollectLimit(options.collectLimit, durationToMs));
  if (files.length === 0) return { saved: [], lost: [] };
  const bytes = expectedBytes(request);
  if (bytes > MAX_ANSWER_BYTES) throw tooMany(bytes, listItems(request).length);
  const { activityTaskQueue: taskQueue } = options;
  let memory: unknown;
  const schedule = (times: ScheduleTimes, before?: unknown) => {
    memory = before;
    return proxyActivities<OperationActivities>({
      taskQueue,
      startToCloseTimeout: '6 hours',
      ...times,
      heartbeatTimeout: '20 seconds',
      retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: LONGEST_RETRY_PAUSE_MS },
      summary: `fetch the outputs of ${files.length} files: job ${jobId}`,
    })[COLLECT_JOB_OUTPUTS](before === undefined ? request : { ...request, memory: before });
  };
  try {
    return await scheduleShown({ taskQueue, ...queue }, limitMs, schedule);
  } catch (error) {
    // Attempts are repeated without a limit of their number, so a time-out means that the limit has passed.
    if (bareTimeoutType(error) === undefined) throw error;
    throw toApplicationFailure(collectLimitFailure(request, limitMs, savedBy(error) ?? savedIn(memory) ?? 0));
  }
}

function tooMany(bytes: number, outputs: number): ApplicationFailure {
  const what = `Option files names ${outputs} outputs, whose answer would be about ${bytes} bytes`;
  const advice = "collect them in several calls, or in a run ask for less by outputs.which: 'final' or fewer documents";
  return toApplicationFailure(invalidInput(`${what}; at most ${MAX_ANSWER_BYTES} fit: ${advice}.`));
}

function savedBy(error: unknown): number | undefined {
  const timeout = innerFailure(error);
  return timeout instanceof TimeoutFailure ? savedIn(timeout.lastHeartbeatDetails) : undefined;
}

/** Number of saved outputs that a heartbeat reported. */
function savedIn(told: unknown): number | undefined {
  return (told as Partial<TransferProgress> | undefined)?.done;
}
