import { activityInfo } from '@temporalio/activity';
import { LONGEST_RETRY_PAUSE_MS } from '../../src/core/run/collect';
import { isObject } from '../../src/core/values';

/** What an attempt leaves to the next by its heartbeats. */
export interface TransferMemory {
  /** Places of the outputs that are saved whole, in the order asked for: they are not looked at again until all others are settled. */
  whole: number[];
  /** How long it was tried since an output was saved last, in milliseconds. */
  triedMs: number;
  /** How often an output was tried again. */
  retries: number;
  /** When the workflow was told of the progress last, in milliseconds since the epoch. */
  signalledAt?: number;
  /** The attempt that told this. */
  attempt: number;
  /** When it did, on the server's clock. */
  at: number;
}

/**
 * What the attempts before this one left. Our own downtime is not the API's: of the time between two attempts a pause counts at most.
 * @param left What an activity left in whose place this one is
 */
export function recall(left?: unknown): Pick<TransferMemory, 'whole' | 'triedMs' | 'retries' | 'signalledAt'> {
  const info = activityInfo();
  const before = (info.heartbeatDetails ?? (isObject(left) ? { ...left, attempt: 0 } : {})) as Partial<TransferMemory>;
  const { whole = [], triedMs = 0, retries = 0, signalledAt, attempt = 1, at = info.scheduledTimestampMs } = before;
  const goneMs = Math.max(0, info.currentAttemptScheduledTimestampMs - at);
  const passedMs = triedMs + Math.min(goneMs, (info.attempt - attempt) * LONGEST_RETRY_PAUSE_MS);
  return { whole, retries, triedMs: passedMs, ...(signalledAt !== undefined && { signalledAt }) };
}

/** What this attempt leaves, at any time of it. */
export function memorize(): (
  known: Pick<TransferMemory, 'whole' | 'triedMs'>,
) => Omit<TransferMemory, 'retries' | 'signalledAt'> {
  const { attempt, currentAttemptScheduledTimestampMs } = activityInfo();
  const begunAt = performance.now();
  return (known) => {
    const at = Math.round(currentAttemptScheduledTimestampMs + performance.now() - begunAt);
    return { ...known, attempt, at };
  };
}
