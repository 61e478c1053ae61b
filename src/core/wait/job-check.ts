import type { CallError } from '../call-error';
import type { JobSummary, NodeFile } from '../job';
import { isObject } from '../values';

/**
 * What one check reports about a list: its digest and length. The entries are included only if the digest differs from the one that the wait already
 * holds. `null` if the answer has no list.
 */
export type ListCheck<T> = { digest: string; total: number; entries?: T[] | undefined } | null;

/** Answer of the `getJob` activity to a check inside a wait. */
export interface JobCheck {
  job: JobSummary;
  inputFileIds: ListCheck<string>;
  outputNodeFiles: ListCheck<NodeFile>;
  /** Options of the wait, as the check reported them back. */
  options?: object | undefined;
  /** Number of entries of the job's lists that could not be read. Absent if all could be read. */
  unreadableEntries?: number | undefined;
  /** Set if the worker offers to watch the job. */
  watch?: { tickMs: number } | null | undefined;
}

/** Outcome of one check. */
export type Observation =
  | { type: 'answer'; check: JobCheck }
  /** The list of jobs was answered, but the awaited job has not appeared yet. */
  | { type: 'absent' }
  /** The awaited job has appeared. The next check reports its status. */
  | { type: 'appeared'; jobId: string }
  /** The check failed, after Temporal's brief retries. */
  | { type: 'error'; error: CallError }
  /** Temporal gave up on the check, without an API error behind it: no worker, a killed worker, a lost task. */
  | { type: 'noAnswer'; timeoutType: string };

/** Digests of the lists that a wait holds. */
export interface HeldDigests {
  inputFileIds?: string | undefined;
  outputNodeFiles?: string | undefined;
}

/** Whether an answer is a job check. An answer from elsewhere, such as from a mock or from Go, may leave out the lists that it does not have. */
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
  /** Digest of `entries` as the activity computes it; null for a list that the caller provided. */
  digest: string | null;
  /** Number of answered checks when the list was last confirmed; 0 for a list that the caller provided. */
  confirmedAt: number;
}

/**
 * The list to hold after a check: the list of the check if it has one, else the list held before.
 * @param isPartial Whether entries could not be read. A partial list does not replace a list that is at least as long
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
