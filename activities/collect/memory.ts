import { activityInfo } from '@temporalio/activity';
import { isObject } from '../../src/core/values';
import { createRetryTime, triedBefore, type RetryTime } from '../support/retry-time';
import type { Tried } from './patience';

/** What an attempt leaves to the next in its heartbeats. */
interface TransferMemory extends RetryTime, Tried {
  /** Indexes of the outputs that are saved completely, in the order of the request. They are not read again until all others are settled. */
  whole: number[];
  /** Number of retries of outputs. */
  retries: number;
  /** When the progress was last reported to the workflow, in milliseconds since the epoch. */
  signalledAt?: number;
  /** Type of the last error that an attempt logged. */
  failing?: string | undefined;
}

/**
 * What earlier attempts left.
 * @param left What an earlier activity left, if this one replaces it
 */
export function recall(left?: unknown): Omit<TransferMemory, keyof RetryTime> & Pick<RetryTime, 'triedMs'> {
  const told: unknown = activityInfo().heartbeatDetails ?? (isObject(left) ? { ...left, attempt: 0 } : {});
  const { whole = [], retries = 0, signalledAt, failing, rows, ...time } = told as Partial<TransferMemory>;
  return {
    whole,
    retries,
    triedMs: triedBefore(time),
    ...(rows !== undefined && { rows }),
    ...(signalledAt !== undefined && { signalledAt }),
    ...(failing !== undefined && { failing }),
  };
}

/** Returns a function that gives, at any time, what this attempt leaves to the next one. */
export function memorize(): (
  known: Pick<TransferMemory, 'whole' | 'failing'> & Tried,
) => Omit<TransferMemory, 'retries' | 'signalledAt'> {
  const time = createRetryTime();
  return ({ whole, triedMs, rows, failing }) => ({
    whole,
    ...time(triedMs),
    ...(rows !== undefined && { rows }),
    ...(failing !== undefined && { failing }),
  });
}
