/** A time in the form of results and messages: ISO-8601 in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Whether a value is an ISO-8601 instant with its offset. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,30})?)?)(?:[Zz]|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/** Text of a group in a pattern; undefined if the group did not match. */
type Group = string | undefined;

/**
 * Normalizes an instant: `T` between date and time, all digits of the fraction, `Z` or `±hh:mm`. No offset means UTC. A leap second becomes the
 * second after it, as in POSIX. null if the text is not an instant.
 */
export function readInstant(text: string): string | null {
  const [date = '', time = '', sign = '', hours = '', minutes = '00'] = (DATE_TIME.exec(text)?.slice(1) ??
    []) as Group[];
  const offset = Number(hours + minutes) === 0 ? 'Z' : `${sign}${hours}:${minutes}`;
  const instant = `${withoutLeapSecond(`${date}T${time}`)}${offset}`;
  return Number.isNaN(Date.parse(instant)) ? null : instant;
}

/** `Date` does not support second 60. */
function withoutLeapSecond(dateTime: string): string {
  const [, minute = '', fraction = ''] = /^(.+):60(\..*)?$/.exec(dateTime) ?? [];
  const next = new Date(`${minute}:00Z`).getTime() + 60_000;
  return minute === '' || Number.isNaN(next)
    ? dateTime
    : new Date(next).toISOString().slice(0, -'.000Z'.length) + fraction;
}
