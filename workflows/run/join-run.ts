import {
  ActivityCancellationType,
  type ActivityOptions,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { toApplicationFailure, unstructuredFailure } from '../../src/common/failure';
import { UnstructuredConnectionError } from '../../src/core/errors';
import { JOIN_RUN } from '../../src/core/names';
import type { ResolvedRun, RunJobInput } from '../../src/core/run/input';
import { type JoinedRun, type JoinRunInput, memoOfRun, runToJoin, type RunToJoin } from '../../src/core/run/join';
import type { ScheduleTimes } from '../../src/core/unserved';
import { failedCall } from '../support/failures';
import { type ActivityQueue, scheduleShown } from '../support/schedule';
import { continueWith } from './continue-run';
import { SHORTEST_QUEUE_TIME } from './start';

/** Waits without limit for the end of a run that another caller started. Cancelling this does not affect that run. */
export function joinRun(input: JoinRunInput, taskQueue?: string, options: ActivityOptions = {}): Promise<JoinedRun> {
  const activities = proxyActivities<OperationActivities>({
    taskQueue,
    startToCloseTimeout: '1 minute',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary: `join run ${input.key}`,
    ...options,
  });
  return activities[JOIN_RUN](input);
}

/**
 * Resumes what the newest earlier run left. The caller may have started this run because an earlier run sent nothing. That run may no longer be the
 * newest: another run may have started a job since.
 *
 * @returns the result of an earlier run that succeeded; null if no earlier run sent anything
 */
export async function takeUpRunBefore(
  input: RunJobInput,
  { options, activityTaskQueue: taskQueue }: ResolvedRun,
  queue: Pick<ActivityQueue, 'unserved' | 'note'>,
) {
  const limitMs = Math.max(options.startOutageBudget, SHORTEST_QUEUE_TIME);
  const joined = await lookBefore(runToJoin(input), limitMs, { taskQueue, ...queue });
  if (joined.status === 'completed') return joined.result;
  if (!joined.resume) return null;
  log.info('A run that started meanwhile is resumed', { reason: joined.reason });
  const { resume } = joined;
  const next = { ...input, keyUsedBefore: undefined, resume };
  return continueWith(next, memoOfRun(next));
}

/** Looks for an earlier run. Nothing has been sent yet, so a failed look ends the run. */
async function lookBefore(wanted: RunToJoin, limitMs: number, queue: ActivityQueue): Promise<JoinedRun> {
  const { workflowId: key, runId: before } = workflowInfo();
  const look = (times: ScheduleTimes) =>
    joinRun({ key, before, ...wanted }, queue.taskQueue, {
      ...times,
      summary: 'look for a newer run of the key',
    });
  try {
    return await scheduleShown(queue, limitMs, look);
  } catch (error) {
    if (isCancellation(error) || unstructuredFailure(error)) throw error;
    const failed = failedCall(error);
    const cause = failed.type === 'error' ? failed.error.message : `no answer (${failed.timeoutType})`;
    const reason = `The earlier runs of the key ${key} could not be looked at, and nothing was sent: ${cause}`;
    throw toApplicationFailure(new UnstructuredConnectionError(reason, { kind: 'connection', notSent: true }), {
      nonRetryable: true,
    });
  }
}
