/** Shortest and longest pause that a service's hint can ask for: below the first it hammers, above the second it stalls a wait. */
export const RETRY_AFTER_BOUNDS = Object.freeze({ minimumMs: 1_000, maximumMs: 300_000 });

const IMF_FIXDATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a `Retry-After` header: delay seconds or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @param value The header's value
 * @param now Milliseconds since the epoch that a date is measured against: best the answer's own `Date`, so that clock skew cancels out
 * @returns Milliseconds, not negative and not bounded above; undefined where the value is no valid hint
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return finite(Number(text) * 1_000);
  if (!IMF_FIXDATE.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** The pause that a hint stands for, within {@link RETRY_AFTER_BOUNDS}. */
export function boundRetryAfter(ms: number): number {
  return Math.min(RETRY_AFTER_BOUNDS.maximumMs, Math.max(RETRY_AFTER_BOUNDS.minimumMs, ms));
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
