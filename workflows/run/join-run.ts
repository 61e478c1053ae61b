import {
  ActivityCancellationType,
  log,
  proxyActivities,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/operations';
import { JOIN_RUN, RUN_MEMO } from '../../src/core/names';
import type { RunJobInput } from '../../src/core/run/input';
import type { JoinedRun, JoinRunInput } from '../../src/core/run/join';
import { continueWith } from './continue-run';

/** Waits for the end of a run that somebody else started, without limit. Cancelling it leaves that run alone. */
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
 * Goes on with what the run before this one left behind. Whoever starts a run because an earlier one sent nothing may know of a run that is
 * not the last any more: another may have come between and started a job.
 */
export async function takeUpRunBefore(input: RunJobInput, taskQueue?: string): Promise<void> {
  const { workflowId: key, runId: before } = workflowInfo();
  const joined = await joinRun({ key, before }, taskQueue, { summary: 'look for a run that came between' });
  if (joined.status === 'completed' || !joined.resume) return;
  log.info('A run that came between is taken up', { reason: joined.reason });
  const { resume } = joined;
  await continueWith({ ...input, again: undefined, resume }, { [RUN_MEMO]: resume });
}
