/** Bytes of a value as Temporal's default converter stores it: JSON in UTF-8. */
export function encodedBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** What a list inside a failure may hold; failures are copied at every level that they pass. */
export const FAILURE_LIST_BOUNDS = Object.freeze({ entries: 100, bytes: 32 * 1_024 });

/** The first entries of a list that fit into {@link FAILURE_LIST_BOUNDS} as JSON. Say the total beside it. */
export function cutList<T>(list: readonly T[]): T[] {
  const cut: T[] = [];
  let bytes = '['.length;
  for (const entry of list.slice(0, FAILURE_LIST_BOUNDS.entries)) {
    bytes += encodedBytes(entry) + ','.length; // or the closing bracket
    if (bytes > FAILURE_LIST_BOUNDS.bytes) break;
    cut.push(entry);
  }
  return cut;
}
