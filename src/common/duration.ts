import { msToNumber, type Duration } from '@temporalio/common';

/**
 * Milliseconds of a Temporal `Duration`: a number of milliseconds or a string such as `'6 hours'`.
 * @returns undefined if the value is not a duration, is negative or is not finite
 */
export function durationToMs(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? parse(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Uses the SDK's own parser. It accepts the same durations as a timer, and no second parser is bundled. */
function parse(text: string): number | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return msToNumber(text as Duration);
  } catch {
    return undefined;
  }
}

export type { Duration };
