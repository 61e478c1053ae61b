import type { ListCheck } from './job-check';

/** A list that the wait holds. A later answer without the list never erases it. */
export interface HeldList<T> {
  entries: T[];
  total: number;
  /** Digest of `entries` as the activity computes it; null for a list that the caller handed in. */
  digest: string | null;
  /** How many answered checks there had been when the list was last confirmed; 0 for one that the caller handed in. */
  confirmedAt: number;
}

/** The list to hold after a check: its own where it brought one, else the one held before. */
export function hold<T>(
  held: HeldList<T> | null,
  check: ListCheck<T> | undefined,
  confirmedAt: number,
): HeldList<T> | null {
  if (!check) return held;
  const entries = check.entries ?? held?.entries ?? [];
  return { entries, total: check.total, digest: check.digest, confirmedAt };
}
