/** Whether a value is an object with fields, and no list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What kind of value it is, for messages that must not show it. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}

/** What was given: `undefined` counts as not given, and so does `null`, which other languages send for it. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null)) as T;
}

/** What was given, where `null` is a value, too. */
export function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** A text as a pattern that matches nothing else. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** A value as a message may show it: short, in one line. */
export function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (toJson(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
