import type { AttributeNames } from '../attributes';
import type { BatchDocuments, BatchOptions, JobBounds } from './options';
import type { PlannedDocument } from './records';
import type { PartRun, PlannedJob, RecordsRequest, StatusCounts } from '../run/planned-job';

/** Input of the activity `unstructured.planJobs`. */
export interface PlanRequest extends RecordsRequest, JobBounds {
  /** Not with `retryFailed`. */
  documents?: BatchDocuments | undefined;
  retryFailed?: string | undefined;
  unlessIn?: string | string[] | undefined;
  /** Template of the outputs' names. It decides how documents of different jobs are kept apart. */
  name?: string | undefined;
  /** Largest document, in bytes. */
  maxDocumentBytes: number;
  /** Distinguishes this batch from another one with the same key. */
  digest: string;
  /** Options of the batch, which the answer reports back. */
  options: BatchOptions;
  /** Heartbeat details of an earlier attempt that no worker continued. */
  memory?: unknown;
  /** Search attributes of the batch. The answer says whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
}

/** Where the parts of a plan are stored. */
export interface PlanParts {
  /** Unique to the attempt that made the plan. No other attempt writes parts under this id, however late it is. */
  id: string;
  /** Ids of earlier attempts whose parts this attempt took over, in order. Each id holds the parts up to the number `jobs`. */
  earlier: { id: string; jobs: number }[];
}

/** The id under which a part of a plan is stored. */
export function idOfPart({ id, earlier }: PlanParts, part: number): string {
  return earlier.find(({ jobs }) => part <= jobs)?.id ?? id;
}

/** Workflow id of the run of a job. @param attempt From 2 if a job that was stopped is started again */
export function keyOfAttempt(key: string, part: number, attempt: number): string {
  return attempt === 1 ? `${key}/${part}` : `${key}/${part}.${attempt}`;
}

/** The inverse of {@link keyOfAttempt}. */
export function attemptOf(key: string, part: number, workflowId: string): number {
  const first = keyOfAttempt(key, part, 1);
  return workflowId === first ? 1 : Number(workflowId.slice(first.length + 1));
}

/** The jobs of a batch, by their numbers only. */
export interface BatchPlan extends PlanParts {
  version: 1;
  /** Digest of the request. */
  digest: string;
  /** What the batch is for, as its manifest will say. A file that another program changed may lack it. */
  batch?: PlannedBatch | undefined;
  jobs: number;
  documents: number;
  /** Number of documents of each job. */
  sizes: number[];
  /** Number of listed entries that were left out, by reason. */
  leftOut: Record<string, number>;
}

/** What a batch is for. The fields are those of its manifest; `options` has only those that tell the documents. */
export interface PlannedBatch {
  key: string;
  /** When the listing of the documents began, ISO-8601. A retry has the time of the earlier batch, from which it has the versions. */
  listedAt: string;
  unlessIn: string | null;
  alsoUnlessIn: string[];
  retryFailed: string | null;
  options: Record<string, unknown>;
}

/** Jobs that already have a result in the manifest. They are not run again. */
export interface FinishedJobs {
  /** Numbers of these jobs, as ranges in order: the first and the last number of each range. */
  ranges: [first: number, last: number][];
  jobs: number;
  counts: StatusCounts;
}

/** Combines numbers in order into ranges. */
export function toRanges(numbers: readonly number[]): FinishedJobs['ranges'] {
  const ranges: FinishedJobs['ranges'] = [];
  for (const one of numbers) {
    const last = ranges.at(-1);
    if (last && one === last[1] + 1) last[1] = one;
    else ranges.push([one, one]);
  }
  return ranges;
}

/** Input of the activity `unstructured.writePlan`. */
export interface WritePlanRequest extends RecordsRequest {
  /** The answer of `unstructured.planJobs`. Plans that other attempts of that activity made are not used. */
  plan: BatchPlan;
}

/** Input of the activity `unstructured.beginJob`. */
export interface BeginJobRequest extends RecordsRequest, PlannedJob {
  run: PartRun;
  /** Whether the run knows the job of an earlier run, or the time when that run sent its start. */
  isResumed: boolean;
}

/** Answer of the activity `unstructured.beginJob`. */
export interface BegunJob {
  documents: PlannedDocument[];
  /** Whether the job was started again after this run had begun it. The records about the job then stay as they are. */
  isSuperseded: boolean;
}

/** Answer of the activity `unstructured.planJobs`. */
export interface PlanAnswer {
  plan: BatchPlan;
  /** Jobs that an earlier run of the batch finished; null for a new plan, which still has to be written. */
  finished: FinishedJobs | null;
  options?: BatchOptions | undefined;
}
