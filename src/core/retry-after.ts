import { parseHttpDate } from './http-date';

/**
 * Reads a `Retry-After` header: delay seconds, decimals allowed, or an HTTP date in any of its three forms (RFC 9110, section 10.2.3).
 *
 * @param value The header's value
 * @param now Milliseconds since the epoch that a date is measured against: best the answer's own `Date`, so that clock skew cancels out
 * @returns Milliseconds, not negative and not bounded above; undefined where the value is no valid hint
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return finite(Number(text) * 1_000);
  const at = parseHttpDate(text, now);
  return at === undefined ? undefined : Math.max(0, at - now);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
