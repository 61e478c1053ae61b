import { msToNumber, type Duration } from '@temporalio/common';

/**
 * Milliseconds of a Temporal `Duration`: a number of milliseconds or a string such as `'6 hours'`.
 * @returns undefined where the value is no duration, is negative or not finite
 */
export function durationToMs(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? parse(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** The SDK's own parser: what a timer takes is taken here, and nothing is bundled twice. */
function parse(text: string): number | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return msToNumber(text as Duration);
  } catch {
    return undefined;
  }
}

export type { Duration };
