import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { type FailedCall, isUnknownActivity, UNKNOWN_ACTIVITY } from '../../src/core/call-error';
import type { FailedFileList } from '../../src/core/job-details';
import { GET_JOB_DETAILS, GET_JOB_FAILED_FILES } from '../../src/core/names';
import { LONGEST_PAUSE_MS } from '../../src/core/retry-timing';
import { type Limit, timeoutWithin } from '../../src/core/wait/decision';
import { type ReportedDetails, isDetails, isFailedList } from '../../src/core/wait/documents';
import { jobIdIn, verdictOfState } from '../../src/core/wait/state';
import type { ScheduleTimes } from '../../src/core/unserved';
import { failedCall, foreignAnswer } from '../support/failures';
import { ASKING, scheduleShown } from '../support/schedule';
import { waitQueue, type Wait, type WaitHooks } from './wait';

/**
 * How often a question is asked at once if its answer may not be valid: it came from a worker that only has `getJob`, and during a roll-out the next
 * worker may have more; or it came from a gateway. If the list of failed files is absent each time, the API does not have it. Histories depend on
 * both.
 */
const TRIES_AT_ONCE = 3;
const TRIES_OF_ABSENT_LIST = 2;

/** Pause between two of these requests, in milliseconds. */
const PAUSE_AT_ONCE_MS = 2_000;

/** Questions about a job's documents. Both fail as activities do. */
interface Questions {
  details(): Promise<ReportedDetails>;
  failedFiles(): Promise<FailedFileList>;
}

/**
 * Creates questions that are asked together and share the time that the limit leaves. A question for a result may wait as long as the service asks
 * for. A question for the details of a failure does not, and a repeated question leaves a long pause to the wait, which shows it.
 */
export function documentQuestions(wait: Wait, limit: Limit | null, hooks: WaitHooks): Questions {
  const { input, options, state } = wait;
  const { activityTaskQueue: taskQueue, account } = input;
  const isCompleted = verdictOfState(state) === 'completed';
  const mayPause = isCompleted && options.failedFiles === 'return';
  const isRepeated = isCompleted && options.failedFiles === 'fail'; // the wait repeats it as long as the details are missing
  const question = {
    jobId: jobIdIn(state),
    account,
    benign: true,
    ...(!mayPause && { longestPauseMs: LONGEST_PAUSE_MS }),
  };
  const deadline = Date.now() + timeoutWithin(limit, Date.now());
  const activities = (summary: string, times: ScheduleTimes) =>
    proxyActivities<Record<typeof GET_JOB_DETAILS | typeof GET_JOB_FAILED_FILES, Ask>>({
      ...ASKING,
      ...times,
      taskQueue,
      retry: {
        ...ASKING.retry,
        maximumInterval: '1 minute',
        maximumAttempts: 8,
        nonRetryableErrorTypes: [UNKNOWN_ACTIVITY],
      },
      summary,
    });
  const ask = async (name: keyof ReturnType<typeof activities>, summary: string) => {
    let isAbsent = name === GET_JOB_FAILED_FILES;
    for (let tries = 1; ; tries++) {
      try {
        const limitMs = Math.max(1_000, deadline - Date.now());
        const schedule = (times: ScheduleTimes) => activities(summary, times)[name](question);
        return await scheduleShown(waitQueue(wait, hooks), limitMs, schedule);
      } catch (error) {
        if (isCancellation(error)) throw error;
        const failed = failedCall(error);
        isAbsent &&= failed.type === 'error' && failed.error.api?.status === 404;
        const leftMs = deadline - Date.now();
        if (tries >= (isAbsent ? TRIES_OF_ABSENT_LIST : TRIES_AT_ONCE) || leftMs <= 0) throw error;
        const mayBeOdd = isOdd(failed) && !(isRepeated && name === GET_JOB_DETAILS);
        if (!isUnanswered(failed) && !mayBeOdd) throw error;
        await sleep(Math.min(PAUSE_AT_ONCE_MS, leftMs));
      }
    }
  };
  return {
    async details() {
      const answer = await ask(GET_JOB_DETAILS, 'did documents fail?');
      if (isDetails(answer)) return answer;
      throw foreignAnswer(GET_JOB_DETAILS);
    },
    async failedFiles() {
      const answer = await ask(GET_JOB_FAILED_FILES, 'which documents failed');
      if (isFailedList(answer)) return answer;
      throw foreignAnswer(GET_JOB_FAILED_FILES);
    },
  };
}

/** A mock, or another worker's activity, may answer anything. */
type Ask = (question: Parameters<OperationActivities[typeof GET_JOB_DETAILS]>[0]) => Promise<unknown>;

/**
 * The failed call of a question. A worker that only has `getJob` is set up wrong for it, and counts like one that does not know the account: a
 * roll-out may fix it.
 */
export function failedQuestion(error: unknown): FailedCall {
  const failed = failedCall(error);
  if (!isUnanswered(failed)) return failed;
  const message = `${failed.error.message}; give it createUnstructuredActivities or the plugin, or set failedFiles: 'off' in the wait`;
  const type = 'UnstructuredValidationError';
  return { type: 'error', error: { type, message, api: { kind: 'validation' }, retryable: false } };
}

/** Whether the API, or a gateway in front of it, refused the question with a 4xx that Temporal does not retry. */
function isOdd(failed: FailedCall): boolean {
  if (failed.type !== 'error' || failed.error.retryable) return false;
  const { status = NaN } = failed.error.api ?? {};
  return status >= 400 && status < 500;
}

/** Whether a worker without this activity took the question. */
function isUnanswered(failed: FailedCall): failed is Extract<FailedCall, { type: 'error' }> {
  return failed.type === 'error' && isUnknownActivity(failed.error);
}
