import type { AttributeNames } from '../attributes';
import type { BatchDocuments, BatchOptions, JobBounds } from './options';
import type { PlannedDocument } from './records';
import type { PartRun, PlannedJob, RecordsRequest, StatusCounts } from '../run/planned-job';

/** What the activity `unstructured.planJobs` is asked. */
export interface PlanRequest extends RecordsRequest, JobBounds {
  /** Not with `retryFailed`. */
  documents?: BatchDocuments | undefined;
  retryFailed?: string | undefined;
  unlessIn?: string | undefined;
  /** Template of the outputs' names, by which documents of several jobs are kept apart. */
  name?: string | undefined;
  /** Largest document, in bytes. */
  maxDocumentBytes: number;
  /** Distinguishes this batch from another one with the same key. */
  digest: string;
  /** What the batch goes by, to be reported back. */
  options: BatchOptions;
  /** What the heartbeats of an attempt told, after which no worker took another. */
  memory?: unknown;
  /** Search attributes of the batch: the answer tells whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
}

/** Where the parts of a plan are. */
export interface PlanParts {
  /** Unique to the attempt that made the plan: nobody else writes parts under it, however late. */
  id: string;
  /** Ids of earlier attempts, whose parts it took over: each up to that of `jobs`. In order. */
  earlier: { id: string; jobs: number }[];
}

/** The id under which a part of a plan is. */
export function idOfPart({ id, earlier }: PlanParts, part: number): string {
  return earlier.find(({ jobs }) => part <= jobs)?.id ?? id;
}

/** A batch's jobs, by numbers alone. */
export interface BatchPlan extends PlanParts {
  version: 1;
  /** Digest of the request. */
  digest: string;
  jobs: number;
  documents: number;
  /** How many documents each job has. */
  sizes: number[];
  /** How many of what was listed were left out, by reason. */
  leftOut: Record<string, number>;
}

/** Jobs of which the manifest tells a result: they are not run again. */
export interface FinishedJobs {
  /** Their numbers, as ranges: the first and the last of each, in order. */
  ranges: [first: number, last: number][];
  jobs: number;
  counts: StatusCounts;
}

/** Numbers in order, as ranges. */
export function toRanges(numbers: readonly number[]): FinishedJobs['ranges'] {
  const ranges: FinishedJobs['ranges'] = [];
  for (const one of numbers) {
    const last = ranges.at(-1);
    if (last && one === last[1] + 1) last[1] = one;
    else ranges.push([one, one]);
  }
  return ranges;
}

/** What the activity `unstructured.writePlan` is asked. */
export interface WritePlanRequest extends RecordsRequest {
  /** As `unstructured.planJobs` answered it: what another attempt of that made, nobody goes by. */
  plan: BatchPlan;
}

/** What the activity `unstructured.beginJob` is asked. */
export interface BeginJobRequest extends RecordsRequest, PlannedJob {
  run: PartRun;
  /** Whether the run knows the job of an earlier run, or when that sent its start. */
  isResumed: boolean;
}

/** Answer of the activity `unstructured.beginJob`. */
export interface BegunJob {
  documents: PlannedDocument[];
  /** Whether the job was started again after this run had begun it: then what is reported of it stays. */
  isSuperseded: boolean;
}

/** Answer of the activity `unstructured.planJobs`. */
export interface PlanAnswer {
  plan: BatchPlan;
  /** Jobs that an earlier run of the batch finished; null for a new plan, which is to be written. */
  finished: FinishedJobs | null;
  options?: BatchOptions | undefined;
}
