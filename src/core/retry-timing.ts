/** Shortest and longest pause that a service's hint can ask for. A shorter pause would hammer the service, a longer one would stall a wait. */
export const RETRY_AFTER_BOUNDS = Object.freeze({ minimumMs: 1_000, maximumMs: 300_000 });

/** The pause that a hint asks for, within {@link RETRY_AFTER_BOUNDS}. */
export function boundRetryAfter(ms: number): number {
  return Math.min(RETRY_AFTER_BOUNDS.maximumMs, Math.max(RETRY_AFTER_BOUNDS.minimumMs, ms));
}

/** Shortest delay. A delay of 0 would end the retries on a Temporal server. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;

/** The longest pause within one check, or within a question about documents. Longer pauses are left to the wait, which shows them. */
export const LONGEST_PAUSE_MS = 30_000;

/**
 * Milliseconds until Temporal retries a failed attempt within one check: the service's hint, bounded, with up to a tenth of it added at random, or a
 * doubling delay with up to half of it added at random, because Temporal's own back-off has no jitter.
 *
 * @param attempt Number of the attempt that failed, from 1
 * @param random 0 to 1
 */
export function retryDelayMs(attempt: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return lengthened(boundRetryAfter(retryAfterMs), random / 10);
  const doubled = SHORTEST_MS * 2 ** (attempt - 1);
  return lengthened(Math.min(LONGEST_MS, doubled), random / 2);
}

/** A pause with this part of it added, so that those who begin theirs together, as at the same hint, do not stay in step. */
export function lengthened(ms: number, part: number): number {
  return Math.round(ms * (1 + part));
}
