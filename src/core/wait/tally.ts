/** How many different names a tally holds before it counts new ones as `other`, and how much of a name it keeps. */
export const TALLY_BOUNDS = Object.freeze({ names: 20, characters: 60 });

/** Counts a name. Names come from outside, so both their number and their length are bounded. */
export function increment(tally: Record<string, number>, name: string): Record<string, number> {
  const short = name.slice(0, TALLY_BOUNDS.characters);
  const isFull = Object.keys(tally).length >= TALLY_BOUNDS.names;
  const key = isFull && !Object.hasOwn(tally, short) ? 'other' : short;
  const before = Object.hasOwn(tally, key) ? tally[key] : undefined;
  return { ...tally, [key]: (before ?? 0) + 1 };
}
