import type { CallError } from '../call-error';
import type { JobSummary, NodeFile } from '../job';
import { isObject } from '../values';

/**
 * What one check says of a list: its digest and length, and the entries only where the digest differs from the one that the wait holds
 * already. `null` if the answer has no list.
 */
export type ListCheck<T> = { digest: string; total: number; entries?: T[] | undefined } | null;

/** Answer of the `getJob` activity to a check inside a wait. */
export interface JobCheck {
  job: JobSummary;
  inputFileIds: ListCheck<string>;
  outputNodeFiles: ListCheck<NodeFile>;
  /** Options of the wait, as the check reported them back. */
  options?: object | undefined;
  /** How many entries of the job's lists could not be read. Absent where all could. */
  unreadableEntries?: number | undefined;
  /** Set where the worker offers to watch the job. */
  watch?: { tickMs: number } | null | undefined;
}

/** What came of one check. */
export type Observation =
  | { type: 'answer'; check: JobCheck }
  /** The list answered: the job that is waited for is not there yet. */
  | { type: 'absent' }
  /** It is there. The next check reports what it is like. */
  | { type: 'appeared'; jobId: string }
  /** The check failed, after Temporal's brief retries. */
  | { type: 'error'; error: CallError }
  /** Temporal gave up on the check without an error of the API behind it: no worker, a killed worker, a lost task. */
  | { type: 'noAnswer'; timeoutType: string };

/** Digests of the lists that a wait holds. */
export interface HeldDigests {
  inputFileIds?: string | undefined;
  outputNodeFiles?: string | undefined;
}

/** Whether an answer is a job check. One from elsewhere, as of a mock or from Go, may lack the lists where there are none. */
export function isJobCheck(answer: unknown): answer is JobCheck {
  const { job, inputFileIds, outputNodeFiles } = (answer ?? {}) as Partial<Record<keyof JobCheck, unknown>>;
  if (!isObject(job) || typeof (job as Partial<JobSummary>).status !== 'string') return false;
  return isListCheck(inputFileIds) && isListCheck(outputNodeFiles);
}

function isListCheck(list: unknown): boolean {
  if (list === null || list === undefined) return true;
  const { digest, total, entries } = list as Partial<Record<keyof NonNullable<ListCheck<unknown>>, unknown>>;
  return typeof digest === 'string' && typeof total === 'number' && (entries === undefined || Array.isArray(entries));
}

/** A list that the wait holds. A later answer without the list never erases it. */
export interface HeldList<T> {
  entries: T[];
  total: number;
  /** Digest of `entries` as the activity computes it; null for a list that the caller handed in. */
  digest: string | null;
  /** How many answered checks there had been when the list was last confirmed; 0 for one that the caller handed in. */
  confirmedAt: number;
}

/**
 * The list to hold after a check: its own where it brought one, else the one held before.
 * @param isPartial Whether entries could not be read: then it takes no place of a list that is as long
 */
export function hold<T>(
  held: HeldList<T> | null,
  check: ListCheck<T> | undefined,
  confirmedAt: number,
  isPartial = false,
): HeldList<T> | null {
  if (!check || (isPartial && held && held.total >= check.total)) return held;
  const entries = check.entries ?? held?.entries ?? [];
  return { entries, total: check.total, digest: check.digest, confirmedAt };
}
