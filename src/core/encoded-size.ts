/** Size of a value in bytes, as Temporal's default converter stores it: JSON in UTF-8. */
export function encodedBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** Bounds of a list inside a failure. Failures are copied at every level that they pass. */
export const FAILURE_LIST_BOUNDS = Object.freeze({ entries: 100, bytes: 32 * 1_024 });

/** Maximum size of a list in an activity's answer, in bytes of JSON. Temporal's server refuses an answer above 2 MB. */
export const ANSWER_LIST_BYTES = 1_024 * 1_024;

/** The first entries of a list that fit into {@link FAILURE_LIST_BOUNDS} as JSON. Report the total next to them. */
export function cutList<T>(list: readonly T[]): T[] {
  const { entries, bytes } = FAILURE_LIST_BOUNDS;
  return listWithin(list.slice(0, entries), bytes);
}

/** The first entries of a list that fit into `maxBytes` as JSON. */
export function listWithin<T>(list: readonly T[], maxBytes: number): T[] {
  let bytes = '['.length;
  const end = list.findIndex((entry) => (bytes += encodedBytes(entry) + ','.length) > maxBytes); // after the last entry, the closing bracket
  return end === -1 ? [...list] : list.slice(0, end);
}

/** The first characters of a text that fit into `max` bytes of UTF-8. No character is split. */
export function firstBytes(text: string, max: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(max)).read);
}
