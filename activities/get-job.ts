import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { encodedBytes } from '../src/core/encoded-size';
import { UnstructuredError } from '../src/core/errors';
import type { FileSelection, Job } from '../src/core/job';
import { summarize, type HeldDigests, type JobCheck } from '../src/core/wait/job-check';
import { retryDelayMs } from '../src/core/retry-delay';
import { tooLargeFailure } from '../src/core/wait/failure';
import { DEFAULT_WAIT_OPTIONS } from '../src/core/wait/options';
import { toApplicationFailure } from '../src/failure';
import { checkOf } from './job-check';

/** The one operation that `getJob` needs. `UnstructuredClient` has it; a fake is ten lines. */
export interface GetJobPort {
  getJob(jobId: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Job>;
}

/** Finds the client of an account. @throws UnstructuredValidationError for a name that is not configured */
export type ClientOf<Port> = (account?: string) => Port;

export interface GetJobInput {
  jobId: string;
  /** Account of the worker's plugin to ask with. @default the plugin's only account, or the one named `default` */
  account?: string;
}

/** Input of a check inside a wait: the answer leaves out the lists that the wait holds already. */
export interface CheckJobInput extends GetJobInput {
  held: HeldDigests;
  files: FileSelection;
  maxResultBytes: number;
}

/** Activities that the plugin registers. */
export interface UnstructuredActivities {
  /**
   * Asks the API for one job.
   * @throws ApplicationFailure with a type from the failure table; `details[0]` is an `ApiErrorDetails`
   */
  getJob(input: GetJobInput): Promise<Job>;
}

/** The `getJob` activity over the narrowest port. */
export function createGetJob(clientOf: ClientOf<GetJobPort>, random: () => number = Math.random) {
  return async function getJob(input: GetJobInput | CheckJobInput): Promise<Job | JobCheck> {
    const stopHeartbeat = keepHeartbeating();
    try {
      const job = await clientOf(input.account).getJob(input.jobId, {
        signal: cancellationSignal(),
        timeoutMs: requestTimeoutMs(),
      });
      return answer(job, input);
    } catch (error) {
      throw failureOf(error, input, random);
    } finally {
      stopHeartbeat();
    }
  };
}

/** Refuses an answer that Temporal's server would not take: above 2 MB it fails without a usable type, above 4 MB it loops in silence. */
function answer(job: Job, input: GetJobInput | CheckJobInput): Job | JobCheck {
  const check = 'held' in input ? input : undefined;
  const result = check ? checkOf(job, check) : job;
  const bytes = encodedBytes(result);
  const maxBytes = check?.maxResultBytes ?? DEFAULT_WAIT_OPTIONS.maxResultBytes;
  if (bytes <= maxBytes) return result;
  const failure = tooLargeFailure({
    jobId: job.id,
    job: summarize(job),
    bytes,
    maxBytes,
    files: check?.files ?? 'all',
    outputNodeFilesTotal: job.outputNodeFiles?.length ?? 0,
  });
  throw ApplicationFailure.create({ ...failure, details: [failure.details], nonRetryable: true });
}

/**
 * A request ends before its attempt's start-to-close, and before the schedule-to-close of all attempts: else the typed error is lost to
 * Temporal's time-out, which knows none. Both time stamps are the server's.
 */
function requestTimeoutMs(): number {
  const info = activityInfo();
  const spentMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  const leftMs = Math.min(info.startToCloseTimeoutMs, info.scheduleToCloseTimeoutMs - spentMs);
  return Math.max(leftMs - 1_000, leftMs / 2, 1);
}

/** The longest pause that a check inside a wait makes by itself: a longer one is the wait's own, which shows it. */
const LONGEST_PAUSE_MS = 30_000;

/** A cancellation and a foreign error stay what they are; an error of the client becomes a typed failure. */
function failureOf(error: unknown, input: GetJobInput | CheckJobInput, random: () => number): unknown {
  if (!(error instanceof UnstructuredError)) return error;
  const delayMs = retryDelayMs(activityInfo().attempt, error.details.retryAfterMs, random());
  if ('held' in input && delayMs > LONGEST_PAUSE_MS) return toApplicationFailure(error, { nonRetryable: true });
  return toApplicationFailure(error, { nextRetryDelay: delayMs });
}

/** Only a heartbeating activity hears of its cancellation; where no heartbeat time-out is set, there is nothing to do. */
function keepHeartbeating(): () => void {
  const { heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) return () => undefined;
  const timer = setInterval(() => heartbeat(), heartbeatTimeoutMs / 3);
  return () => clearInterval(timer);
}
