/** A time as results and messages tell it: ISO-8601 in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Whether a value is an ISO-8601 instant with its offset. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value));
}
