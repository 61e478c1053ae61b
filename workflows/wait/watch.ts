import { ActivityCancellationType, isCancellation, log, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { WatchJobInput } from '../../activities/types';
import { UNKNOWN_ACTIVITY } from '../../src/core/call-error';
import { WATCH_JOB } from '../../src/core/names';
import { shownTimes, tellsOfQueue } from '../../src/core/unserved';
import { isJobCheck, type Observation } from '../../src/core/wait/job-check';
import { nextLimitAt } from '../../src/core/wait/decision';
import { observeByWatch } from '../../src/core/wait/observe';
import { digestsHeld, jobIdIn } from '../../src/core/wait/state';
import { isTooSoon, isWatchAnswer, type WatchTimes, watched, watchFailed, watching } from '../../src/core/wait/watch';
import { failedCall, foreignAnswer } from '../support/failures';
import { notTaken, unservedSince } from '../support/schedule';
import { sleepSummary } from './current-details';
import { logChange } from './poll';
import { HINTED, waitQueue, type Wait, type WaitHooks } from './wait';

/**
 * Has a worker watch the job until its status changes, a hint comes, or the time of the watch is over. What the watch saw counts as a check, and so
 * does an API error that ended it. If anything else ends the watch, the schedule takes over.
 *
 * @returns null if the watch saw nothing new
 * @throws only a cancellation
 */
export function watch(wait: Wait, times: WatchTimes, hooks: WaitHooks): Promise<Observation | null> {
  const begunAt = Date.now();
  wait.state = watching(wait.state, begunAt);
  wait.activity = 'watching';
  hooks.changed?.();
  const ended = (answer: unknown) => (answer === HINTED ? null : takeAnswer(wait, answer, begunAt));
  const queue = waitQueue(wait, hooks);
  const { taskQueue, lastMs = 0 } = queue;
  const { scheduleToStartTimeout } = shownTimes(times.closeMs, lastMs);
  const failed = (error: unknown) => {
    if (notTaken(error) && tellsOfQueue(scheduleToStartTimeout))
      queue.note(unservedSince(Date.now() - scheduleToStartTimeout, taskQueue));
    return takeFailure(wait, error);
  };
  const begin = () => schedule(wait, times, scheduleToStartTimeout);
  return hooks.pause(begin, true).then(ended, failed);
}

function schedule(
  wait: Wait,
  { leaseMs, forMs, closeMs }: WatchTimes,
  scheduleToStartTimeout: number,
): Promise<unknown> {
  const { input, state, options } = wait;
  const { account, activityTaskQueue: taskQueue } = input;
  const activities = proxyActivities<Record<typeof WATCH_JOB, (input: WatchJobInput) => Promise<unknown>>>({
    taskQueue,
    scheduleToStartTimeout,
    startToCloseTimeout: closeMs,
    scheduleToCloseTimeout: closeMs,
    heartbeatTimeout: leaseMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // Each time that a worker hands the watch back, or dies, is an attempt. A renewal of the lease is not.
    retry: { backoffCoefficient: 1, maximumAttempts: 10, nonRetryableErrorTypes: [UNKNOWN_ACTIVITY] },
    summary: `watch: ${sleepSummary(state)}`,
  });
  const { files, maxResultBytes, minimumGap: gapMs } = options;
  const status = state.job?.status ?? '';
  const held = digestsHeld(state);
  return activities[WATCH_JOB]({ jobId: jobIdIn(state), account, status, forMs, gapMs, held, files, maxResultBytes });
}

function takeAnswer(wait: Wait, answer: unknown, begunAt: number): Observation | null {
  const now = Date.now();
  if (
    !isWatchAnswer(answer) ||
    (answer.check && !isJobCheck(answer.check)) ||
    isTooSoon(wait.state, answer, now - begunAt)
  )
    return takeFailure(wait, foreignAnswer(WATCH_JOB));
  wait.state = watched(wait.state, answer, now);
  return answer.check && take(wait, { type: 'answer', check: { ...answer.check, watch: answer.watch } });
}

function takeFailure(wait: Wait, error: unknown): Observation | null {
  if (isCancellation(error)) throw error;
  if (isTimeOver(error)) return null;
  const failed = failedCall(error);
  wait.state = watchFailed(wait.state, failed, Date.now());
  if (failed.type === 'error' && failed.error.api) return take(wait, failed);
  const { jobId } = wait.state;
  const why = failed.type === 'error' ? `${failed.error.type}: ${failed.error.message}` : failed.timeoutType;
  log.warn('The job is no longer watched: it is checked by the schedule', { jobId, error: why });
  return null;
}

/** Whether the server ended the watch. This is how a watch ends at a limit of the wait. */
function isTimeOver(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_CLOSE';
}

function take(wait: Wait, observation: Observation): Observation {
  logChange(wait, observation);
  const { state, options } = wait;
  wait.state = observeByWatch(state, observation, nextLimitAt(state, options), Date.now());
  return observation;
}
