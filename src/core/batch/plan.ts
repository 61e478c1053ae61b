import type { BatchDocuments, BatchOptions, JobBounds } from './input';
import type { BatchPlace } from '../run/planned';

/** What the activity `unstructured.planJobs` is asked. */
export interface PlanRequest extends BatchPlace, JobBounds {
  /** Not with `retryFailed`. */
  documents?: BatchDocuments | undefined;
  retryFailed?: string | undefined;
  unlessIn?: string | undefined;
  /** Template of the outputs' names, by which documents of several jobs are kept apart. */
  name?: string | undefined;
  /** Largest document, in bytes. */
  maxFileBytes: number;
  /** Tells a batch of this key from another one. */
  digest: string;
  /** What the batch goes by, to be brought back. */
  options: BatchOptions;
}

/** A batch's jobs, by numbers alone. */
export interface BatchPlan {
  version: 1;
  /** Tells the plan from another one of the same key. */
  digest: string;
  jobs: number;
  documents: number;
  /** Of documents whose size is known, together. */
  bytes: number;
  /** How many documents each job has. */
  sizes: number[];
  /** How many of what was listed were left out, by reason. */
  leftOut: Record<string, number>;
}

/** Answer of the activity. */
export interface PlanAnswer {
  plan: BatchPlan;
  options?: BatchOptions | undefined;
}
