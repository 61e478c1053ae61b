import ms from 'ms';
import type { Duration } from '@temporalio/common';

/**
 * Milliseconds of a Temporal `Duration`: a number of milliseconds or a string such as `'6 hours'`.
 * @returns undefined where the value is no duration, is negative or not finite
 */
export function durationToMs(value: unknown): number | undefined {
  if (typeof value === 'string' && value.length > 0 && value.length <= 100) value = ms(value as ms.StringValue);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export type { Duration };
