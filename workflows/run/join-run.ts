import {
  ActivityCancellationType,
  continueAsNew,
  log,
  proxyActivities,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/operations';
import { JOIN_RUN } from '../../src/core/names';
import type { RunJobInput } from '../../src/core/run/input';
import type { JoinedRun, JoinRunInput } from '../../src/core/run/join';
import type { runJob } from '../run-job';

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
export async function takeUpRunBefore(input: RunJobInput<unknown>, taskQueue?: string): Promise<void> {
  const { workflowId: key, runId: before } = workflowInfo();
  const joined = await joinRun({ key, before }, taskQueue, { summary: 'look for a run that came between' });
  if (joined.status === 'completed' || !joined.resume) return;
  log.info('A run that came between is taken up', { reason: joined.reason });
  await continueAsNew<typeof runJob>({ ...(input as RunJobInput), again: undefined, resume: joined.resume });
}
