import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { toApplicationFailure } from '../../src/common/failure';
import { UnstructuredApiError } from '../../src/core/errors';
import { retryDelayMs } from '../../src/core/retry-timing';

/** Finds the client of an account. @throws UnstructuredValidationError for a name that is not configured */
export type ClientOf<Port> = (account?: string) => Port;

/** Signal and time-out for the requests of an attempt. */
export interface CallContext {
  signal: AbortSignal;
  timeoutMs: number;
}

interface CallSettings {
  random?: () => number;
  /** Longest pause before a retry by Temporal. If the service asks for a longer one, the failure is not retried. @default none */
  longestPauseMs?: number | undefined;
  /** Whether failures are benign, so that they appear in no log and no failure metric, because a wait counts them. @default false */
  benign?: boolean | undefined;
  /** Details of a heartbeat. Called for each one. */
  heartbeatDetails?: () => unknown;
  /** Sends a heartbeat. @default the SDK's, with `heartbeatDetails` */
  beat?: (() => void) | undefined;
}

/** Performs an activity: heartbeats, gives requests a time-out within that of the attempt, and turns errors into typed failures. */
export async function performActivity<T>(
  operation: (context: CallContext) => Promise<T>,
  settings: CallSettings = {},
): Promise<T> {
  const stopHeartbeat = keepHeartbeating(settings);
  try {
    return await operation({ signal: cancellationSignal(), timeoutMs: requestTimeoutMs() });
  } catch (error) {
    throw activityFailure(error, settings);
  } finally {
    stopHeartbeat();
  }
}

/** An activity learns of its cancellation only by heartbeats. Without a heartbeat time-out, there is nothing to do. */
function keepHeartbeating({
  heartbeatDetails,
  beat = () => heartbeat(heartbeatDetails?.()),
}: CallSettings): () => void {
  const { heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) return () => undefined;
  const timer = setInterval(beat, heartbeatTimeoutMs / 3);
  return () => clearInterval(timer);
}

/** Turns an API error into a typed failure. A cancellation and any other error are returned unchanged. */
function activityFailure(
  error: unknown,
  { random = Math.random, longestPauseMs = Infinity, benign = false }: CallSettings = {},
): unknown {
  if (!(error instanceof UnstructuredApiError)) return error;
  const delayMs = (chance: number) => retryDelayMs(activityInfo().attempt, error.details.retryAfterMs, chance);
  const category = benign ? ApplicationFailureCategory.BENIGN : undefined;
  if (delayMs(0) > longestPauseMs) return toApplicationFailure(error, { nonRetryable: true, category });
  return toApplicationFailure(error, { nextRetryDelay: delayMs(random()), category });
}

/**
 * A request must end before its attempt's start-to-close, and before the schedule-to-close of all attempts. Otherwise Temporal's time-out replaces
 * the typed error. This cannot be ensured for an attempt that waited in the task queue: the SDK does not report for how long, and both timestamps
 * come from the server's clock, not the worker's. A time-out that is not set is 0.
 */
function requestTimeoutMs(): number {
  const info = activityInfo();
  const spentMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  const leftMs = Math.min(
    info.startToCloseTimeoutMs || Infinity,
    (info.scheduleToCloseTimeoutMs || Infinity) - spentMs,
  );
  return Math.max(leftMs - 1_000, leftMs / 2, 1);
}
