import { invalidInput } from '../errors';
import { duration, show, type ToMs } from '../option-rules';

/** Options of a run that are neither a start's nor a wait's. `D` is a Temporal `Duration`. */
export interface RunOptionsInput<D = number | string> {
  /** Longest time for fetching the outputs; then it ends as UnstructuredTransferError, whatever `onLost` says. @default '24 hours' */
  collectLimit?: D;
}

/** The one place of their defaults. Durations in milliseconds. */
export const DEFAULT_RUN_OPTIONS = Object.freeze({ collectLimit: 24 * 3_600_000 });

const COLLECT_LIMIT = duration(1_000);

/**
 * The limit in milliseconds; `undefined` and `null` count as not given.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function readCollectLimit(value: unknown, toMs: ToMs): number {
  if (value === undefined || value === null) return DEFAULT_RUN_OPTIONS.collectLimit;
  const ms = COLLECT_LIMIT.read(value, toMs);
  if (typeof ms === 'number') return ms;
  throw invalidInput(`Option collectLimit must be ${COLLECT_LIMIT.expected}; got ${show(value)}.`);
}
