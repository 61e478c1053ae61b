/** A history without the stack traces of its failures: they name files of the machine that recorded it, and no replay looks at them. */
export function withoutTraces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTraces);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'stackTrace');
  return Object.fromEntries(entries.map(([name, entry]) => [name, withoutTraces(entry)]));
}
