/** Shortest and longest pause that a service's hint can ask for: below the first it hammers, above the second it stalls a wait. */
export const RETRY_AFTER_BOUNDS = Object.freeze({ minimumMs: 1_000, maximumMs: 300_000 });

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

/** The pause that a hint stands for, within {@link RETRY_AFTER_BOUNDS}. */
export function boundRetryAfter(ms: number): number {
  return Math.min(RETRY_AFTER_BOUNDS.maximumMs, Math.max(RETRY_AFTER_BOUNDS.minimumMs, ms));
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** The three forms that a recipient must understand: IMF-fixdate, and the obsolete ones of RFC 850 and of C's asctime. */
const FORMS = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

type DatePart = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

/**
 * Reads an HTTP date (RFC 9110, section 5.6.7). The name of the weekday is not compared with the date.
 *
 * @param now Milliseconds since the epoch that settle the century of a year of two digits
 * @returns Milliseconds since the epoch; undefined where the text is no HTTP date, or names a day that its month does not have
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const found = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (!found) return undefined;
  const { year, month, day, hour, minute, second } = found as Record<DatePart, string>;
  const midnight = new Date(Date.UTC(fullYear(year, now), MONTHS.indexOf(month), Number(day)));
  if (midnight.getUTCDate() !== Number(day)) return undefined;
  return midnight.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000;
}

/** A year of two digits is the latest with these digits that is no more than 50 years ahead. */
function fullYear(digits: string, now: number): number {
  if (digits.length > 2) return Number(digits);
  const latest = new Date(now).getUTCFullYear() + 50;
  return latest - ((latest - Number(digits)) % 100);
}

/** A delay of 0 would end the retries on a Temporal server, so none is shorter than this. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;

/** The longest pause within one check, or within a question about documents: a longer one is the wait's own, which shows it. */
export const LONGEST_PAUSE_MS = 30_000;

/**
 * Milliseconds until Temporal retries a failed attempt within one check: the service's hint, bounded, or a doubling delay with up to
 * half of it added at random, since Temporal's own back-off has no jitter.
 *
 * @param attempt Number of the attempt that failed, from 1
 * @param random 0 to 1
 */
export function retryDelayMs(attempt: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return Math.round(boundRetryAfter(retryAfterMs));
  const doubled = SHORTEST_MS * 2 ** (attempt - 1);
  return Math.round(Math.min(LONGEST_MS, doubled) * (1 + random / 2));
}
