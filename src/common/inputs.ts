import type * as batch from '../core/batch/input';
import type * as run from '../core/run/input';
import type * as wait from '../core/wait/input';
import type { AwaitedJob } from '../core/wait/state';
import type { Duration } from './duration';

/** Options of a wait, without the job. Durations are Temporal's: milliseconds, or a string such as `'6 hours'`. */
export type AwaitJobOptions = wait.AwaitJobOptions<Duration>;

/** Input of the workflow `awaitJobCompletion`: plain JSON, for callers in any language. */
export type AwaitJobInput = wait.AwaitJobInput<Duration>;

/**
 * Which job to wait for: a job id, or the first job of a workflow that is created at or after a given time. The latter is for the next job
 * of a schedule, for example.
 */
export type JobToAwait = string | AwaitedJob;

export function jobInput(job: JobToAwait): wait.WaitSubjectInput {
  return typeof job === 'object' ? job : { jobId: job };
}

/** An input without the fields that only workflows pass to each other. */
type OfCallers<T> = T extends unknown ? Omit<T, 'keyUsedBefore' | 'continued' | 'plannedJob'> : never;

/** Input of the workflow `runJob`: plain JSON, for callers in any language. */
export type RunJobInput = run.RunJobInput<Duration>;

/** Input of `executeRunJob` and `startRunJob`. */
export type KeyedRunInput = OfCallers<RunJobInput> & {
  /**
   * Key of the run, such as `invoices-2026-11-24`. It becomes the workflow id, so the same run is not paid for twice within the namespace's
   * retention.
   */
  key: string;
};

/** Input of the workflow `runJobs`: plain JSON, for callers in any language. */
export type RunJobsInput = batch.RunJobsInput<Duration>;

/** Input of `executeRunJobs` and `startRunJobs`. */
export type KeyedBatchInput = OfCallers<RunJobsInput> & {
  /** Key of the batch, such as `invoices-2026-11`. It becomes the workflow id and the name of the manifest's folder. */
  key: string;
};
