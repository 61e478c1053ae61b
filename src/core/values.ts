/** Whether a value is an object and not an array. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind of a value, for messages that must not show the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}

/** The options that are given. `undefined` counts as not given, and so does `null`, which other languages send for it. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null)) as T;
}

/** The options that are not `undefined`, where `null` is a value too. */
export function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Escapes a text so that a pattern matches it literally. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Text from outside in one line. Control characters, bidirectional and zero-width ones included, are removed: they forge log lines or hide text. */
export function oneLine(text: string): string {
  return text
    .replace(/(?!\s)[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A value in the form of a message: short, in one line. */
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
