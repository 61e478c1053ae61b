import { parseHttpDate } from './http-date';

/** Headers of an answer, by their names in lower case. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Reads how long an answer asks to wait. A date is measured against the answer's own `Date`, so that clock skew cancels out.
 *
 * @param now Milliseconds since the epoch: the time of an answer without a valid `Date`
 * @param fields Apply if the header `Retry-After` is not a valid hint: the first valid one counts
 * @returns Milliseconds, not negative and with no upper bound; undefined if there is no valid hint
 */
export function readRetryAfter(headers: Headers, now: number, fields: readonly string[] = []): number | undefined {
  const [header, date = ''] = ['retry-after', 'date'].map((name) => [headers[name]].flat()[0]);
  const answeredAt = parseHttpDate(date, now) ?? now;
  return [header, ...fields].map((value) => parseRetryAfter(value, answeredAt)).find((ms) => ms !== undefined);
}

/** Reads seconds, decimals allowed, or an HTTP date in any of its three forms (RFC 9110, section 10.2.3). */
function parseRetryAfter(value: string | undefined, answeredAt: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return finite(Number(text) * 1_000);
  const at = parseHttpDate(text, answeredAt);
  return at === undefined ? undefined : Math.max(0, at - answeredAt);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
