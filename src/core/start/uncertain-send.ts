import type { CallError } from '../call-error';

/** A send that may have been accepted, and the search for its job. Nothing is sent after it. */
export interface UncertainSend {
  sentAt: number;
  /** Since when the answer is known to be lost, or the start is looked for under another run. */
  since: number;
  /** When the answer was known to be lost: no job begun later is the start's. null where that is unknown. */
  lostAt: number | null;
  error: CallError;
  /** Searches that were answered, and those that failed since the last of them. */
  searches: number;
  failedSearches: number;
  lastSearchAt: number;
  /** How often jobs that ended could not be listed, where all others were. */
  partialSearches?: number | undefined;
  /** Whether the last look was such a one: the next ends the search. */
  isPartial?: boolean | undefined;
  /** The run, by its id, of a workflow that was reset: an earlier run may have sent the start, or none did. */
  resetRunId?: string | undefined;
  /** When the search heard that the run is cancelled. */
  cancelledAt?: number | undefined;
}

/** It is unknown whether the start failed, and why. */
export const UNKNOWN_OUTCOME = { type: 'UnknownOutcome', api: null, retryable: false } as const;

/** The search begins. */
export function unsearched(now: number) {
  return { since: now, searches: 0, failedSearches: 0, lastSearchAt: now };
}
