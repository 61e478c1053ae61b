import { ActivityCancellationType, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { CheckJobInput } from '../../activities/types';
import { GET_JOB } from '../../src/core/names';
import { isJobCheck, type JobCheck, type Observation } from '../../src/core/wait/job-check';
import { digestsHeld } from '../../src/core/wait/state';
import { BRIEF_RETRY, failedCall, foreignAnswer } from '../support/failures';
import { holdOptions, optionsIn, optionsInFailure } from './held-options';
import type { Wait } from './wait';

/**
 * Asks for the job once, through the `getJob` activity.
 * @throws only a cancellation
 */
export function checkJob(wait: Wait, timeoutMs: number): Promise<Observation> {
  const { input, state, proposed } = wait;
  const activities = proxyActivities<Record<typeof GET_JOB, (input: CheckJobInput) => Promise<JobCheck>>>({
    taskQueue: input.taskQueue,
    startToCloseTimeout: '20 seconds',
    heartbeatTimeout: '10 seconds',
    scheduleToCloseTimeout: timeoutMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: BRIEF_RETRY,
    summary: `check ${state.checks + 1}: job ${state.jobId}`,
  });
  const { account } = input;
  const { files, maxResultBytes } = proposed ?? wait.options;
  const held = digestsHeld(state);
  return activities[GET_JOB]({ jobId: state.jobId, account, held, files, maxResultBytes, options: proposed }).then(
    (check: unknown) => {
      holdOptions(wait, optionsIn(check), true);
      return isJobCheck(check) ? { type: 'answer', check } : failedCall(foreignAnswer(GET_JOB));
    },
    (error: unknown) => {
      if (isCancellation(error)) throw error;
      holdOptions(wait, optionsInFailure(error), false);
      return failedCall(error);
    },
  );
}
