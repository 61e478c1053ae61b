import { activityInfo } from '@temporalio/activity';
import { LONGEST_RETRY_PAUSE_MS } from '../../src/core/run/collect';

/** Time spent on failed attempts, in the form in which one attempt passes it to the next. */
export interface RetryTime {
  /** Time spent trying, in milliseconds. */
  triedMs: number;
  /** Number of the attempt that passed this on. */
  attempt: number;
  /** Time at which it was passed on, on the server's clock. */
  at: number;
}

/**
 * Time spent on failed attempts before this one. Downtime of the worker does not count: of the time between two attempts, at most one pause is added.
 */
export function triedBefore(before: Partial<RetryTime> = {}): number {
  const info = activityInfo();
  const { triedMs = 0, attempt = 1, at = info.scheduledTimestampMs } = before;
  const goneMs = Math.max(0, info.currentAttemptScheduledTimestampMs - at);
  return triedMs + Math.min(goneMs, (info.attempt - attempt) * LONGEST_RETRY_PAUSE_MS);
}

/** Returns a function that gives, at any time, what this attempt passes to the next one. */
export function createRetryTime(): (triedMs: number) => RetryTime {
  const { attempt, currentAttemptScheduledTimestampMs } = activityInfo();
  const begunAt = performance.now();
  return (triedMs) => ({
    triedMs,
    attempt,
    at: Math.round(currentAttemptScheduledTimestampMs + performance.now() - begunAt),
  });
}
