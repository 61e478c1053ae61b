import type * as batch from '../core/batch/input';
import type * as run from '../core/run/input';
import type * as wait from '../core/wait/input';
import type { AwaitedJob } from '../core/wait/state';
import type { Duration } from './duration';

/** A wait as callers ask for it, the job aside. Durations are Temporal's: milliseconds, or a string such as `'6 hours'`. */
export type AwaitJobOptions = wait.AwaitJobOptions<Duration>;

/** Input of the workflow `awaitJobCompletion`: plain JSON, for callers in any language. */
export type AwaitJobInput = wait.AwaitJobInput<Duration>;

/** Which job to wait for: its id, or the first one that a workflow, such as a connector's schedule, starts after some time. */
export type JobToAwait = string | AwaitedJob;

export function jobInput(job: JobToAwait): wait.WaitSubjectInput {
  return typeof job === 'object' ? job : { jobId: job };
}

/** An input without what only workflows hand each other. */
type OfCallers<T> = T extends unknown ? Omit<T, 'again' | 'continued' | 'plannedJob'> : never;

/** Input of the workflow `runJob`: plain JSON, for callers in any language. */
export type RunJobInput = run.RunJobInput<Duration>;

/** A run as `executeRunJob` and `startRunJob` take it. */
export type KeyedRunInput = OfCallers<RunJobInput> & {
  /** What the run is for, such as `invoices-2026-11-24`: it becomes the workflow id, so that the same run is not paid for twice within the namespace's retention. */
  key: string;
};

/** Input of the workflow `runJobs`: plain JSON, for callers in any language. */
export type RunJobsInput = batch.RunJobsInput<Duration>;

/** A batch as `executeRunJobs` and `startRunJobs` take it. */
export type KeyedBatchInput = OfCallers<RunJobsInput> & {
  /** What the batch is for, such as `invoices-2026-11`: it becomes the workflow id, and names the folder of its manifest. */
  key: string;
};
