import { activityInfo } from '@temporalio/activity';
import { LONGEST_RETRY_PAUSE_MS } from '../../src/core/run/collect';

/** Time spent on failed tries, as one attempt passes it to the next. */
export interface RetryTime {
  /** How long it was tried, in milliseconds. */
  triedMs: number;
  /** The attempt that passed this on. */
  attempt: number;
  /** When it did, on the server's clock. */
  at: number;
}

/**
 * How long it was tried in vain before this attempt. Our own downtime is nobody's fault: of the time between two attempts a pause counts at most.
 */
export function triedBefore(before: Partial<RetryTime> = {}): number {
  const info = activityInfo();
  const { triedMs = 0, attempt = 1, at = info.scheduledTimestampMs } = before;
  const goneMs = Math.max(0, info.currentAttemptScheduledTimestampMs - at);
  return triedMs + Math.min(goneMs, (info.attempt - attempt) * LONGEST_RETRY_PAUSE_MS);
}

/** What this attempt passes to the next one, at any time. */
export function createRetryTime(): (triedMs: number) => RetryTime {
  const { attempt, currentAttemptScheduledTimestampMs } = activityInfo();
  const begunAt = performance.now();
  return (triedMs) => ({
    triedMs,
    attempt,
    at: Math.round(currentAttemptScheduledTimestampMs + performance.now() - begunAt),
  });
}
