import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { toApplicationFailure } from '../../src/common/failure';
import { UnstructuredApiError } from '../../src/core/errors';
import { retryDelayMs } from '../../src/core/retry-timing';

/** Finds the client of an account. @throws UnstructuredValidationError for a name that is not configured */
export type ClientOf<Port> = (account?: string) => Port;

/** What a request of an attempt goes by. */
export interface CallContext {
  signal: AbortSignal;
  timeoutMs: number;
}

interface CallSettings {
  random?: () => number;
  /** The longest pause before a retry that Temporal makes; where the service asks for more, the failure is not retried. @default none */
  longestPauseMs?: number | undefined;
  /** Whether failures are benign: a wait counts them, so they appear in no log and no failure metric. @default false */
  benign?: boolean | undefined;
  /** Details of a heartbeat. Called for each one. */
  heartbeatDetails?: () => unknown;
  /** Sends a heartbeat. @default the SDK's, with `heartbeatDetails` */
  beat?: (() => void) | undefined;
}

/** Does what every activity does around its calls: heartbeats, ends before its attempt ends, and fails with typed failures. */
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

/** Only a heartbeating activity hears of its cancellation; where no heartbeat time-out is set, there is nothing to do. */
function keepHeartbeating({
  heartbeatDetails,
  beat = () => heartbeat(heartbeatDetails?.()),
}: CallSettings): () => void {
  const { heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) return () => undefined;
  const timer = setInterval(beat, heartbeatTimeoutMs / 3);
  return () => clearInterval(timer);
}

/** A cancellation and a foreign error stay what they are; an error of ours becomes a typed failure. */
function activityFailure(
  error: unknown,
  { random = Math.random, longestPauseMs = Infinity, benign = false }: CallSettings = {},
): unknown {
  if (!(error instanceof UnstructuredApiError)) return error;
  const delayMs = retryDelayMs(activityInfo().attempt, error.details.retryAfterMs, random());
  const category = benign ? ApplicationFailureCategory.BENIGN : undefined;
  if (delayMs > longestPauseMs) return toApplicationFailure(error, { nonRetryable: true, category });
  return toApplicationFailure(error, { nextRetryDelay: delayMs, category });
}

/**
 * A request ends before its attempt's start-to-close, and before the schedule-to-close of all attempts: else the typed error is lost to
 * Temporal's time-out, which knows none. That is so but for an attempt that waited in the queue: the SDK does not tell how long, and the
 * worker's clock is not the server's, which made both time stamps. A time-out that is not set is 0.
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
