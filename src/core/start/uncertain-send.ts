import type { CallError } from '../call-error';

/** A send that may have been accepted, and the search for its job. Nothing is sent after it. */
export interface UncertainSend {
  sentAt: number;
  /** Since when the answer is known to be lost, or the start is looked for under another run. */
  since: number;
  /** When the answer was known to be lost. A job created later is not the job of the start. null if unknown. */
  lostAt: number | null;
  error: CallError;
  /** Number of searches that were answered, and of those that have failed since the last answered one. */
  searches: number;
  failedSearches: number;
  lastSearchAt: number;
  /** How often the jobs that ended could not be listed although all others were. */
  partialSearches?: number | undefined;
  /** Whether the last look was incomplete in this way. If so, the next look ends the search. */
  isPartial?: boolean | undefined;
  /** Run id of a workflow that was reset. An earlier run may have sent the start, or none did. */
  resetRunId?: string | undefined;
  /** When the search learned that the run is cancelled. */
  cancelledAt?: number | undefined;
}

/** Error of a start for which it is unknown whether and why it failed. */
export const UNKNOWN_OUTCOME = { type: 'UnknownOutcome', api: null, retryable: false } as const;

/** State of a search at its beginning. */
export function unsearched(now: number) {
  return { since: now, searches: 0, failedSearches: 0, lastSearchAt: now };
}
