import type { Job, NodeFile } from '../job';
import { isObject } from '../kind-of';

/** A job without its lists: what every check brings. */
export type JobSummary = Omit<Job, 'inputFileIds' | 'outputNodeFiles'>;

/**
 * What one check says of a list: its digest and length, and the entries only where the digest differs from the one that the wait holds
 * already. `null` where the answer carried no list.
 */
export type ListCheck<T> = { digest: string; total: number; entries?: T[] } | null;

/** Answer of the `getJob` activity to a check inside a wait. */
export interface JobCheck {
  job: JobSummary;
  inputFileIds: ListCheck<string>;
  outputNodeFiles: ListCheck<NodeFile>;
  /** Options of the wait, as the check brought them. */
  options?: object;
}

/** Digests of the lists that a wait holds. */
export interface HeldDigests {
  inputFileIds?: string;
  outputNodeFiles?: string;
}

export function summarize({ id, workflowId, workflowName, status, createdAt, runtime, jobType }: Job): JobSummary {
  return { id, workflowId, workflowName, status, createdAt, runtime, jobType };
}

/** Whether an answer is a job check. One from elsewhere, as of a mock or from Go, may lack the lists where it has none. */
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
