import { activityInfo } from '@temporalio/activity';
import { isObject } from '../../src/core/values';
import { createRetryTime, triedBefore, type RetryTime } from '../support/retry-time';

/** What an attempt leaves to the next by its heartbeats. `triedMs` counts since an output was saved last. */
interface TransferMemory extends RetryTime {
  /** Places of the outputs that are saved whole, in the order asked for: they are not looked at again until all others are settled. */
  whole: number[];
  /** How often an output was tried again. */
  retries: number;
  /** When the progress was last reported to the workflow, in milliseconds since the epoch. */
  signalledAt?: number;
  /** Type of the error that the attempt failed with. */
  failing?: string | undefined;
}

/**
 * What the attempts before this one left.
 * @param left What an activity left in whose place this one is
 */
export function recall(left?: unknown): Omit<TransferMemory, keyof RetryTime> & Pick<RetryTime, 'triedMs'> {
  const told: unknown = activityInfo().heartbeatDetails ?? (isObject(left) ? { ...left, attempt: 0 } : {});
  const { whole = [], retries = 0, signalledAt, failing, ...time } = told as Partial<TransferMemory>;
  return {
    whole,
    retries,
    triedMs: triedBefore(time),
    ...(signalledAt !== undefined && { signalledAt }),
    ...(failing !== undefined && { failing }),
  };
}

/** What this attempt leaves to the next one, at any time. */
export function memorize(): (
  known: Pick<TransferMemory, 'whole' | 'triedMs' | 'failing'>,
) => Omit<TransferMemory, 'retries' | 'signalledAt'> {
  const time = createRetryTime();
  return ({ whole, triedMs, failing }) => ({ whole, ...time(triedMs), ...(failing !== undefined && { failing }) });
}
