import type * as core from '../core/wait/input';
import type { AwaitedJob } from '../core/wait/state';
import type { Duration } from './duration';

/** A wait as callers ask for it, the job aside. Durations are Temporal's: milliseconds, or a string such as `'6 hours'`. */
export type AwaitJobOptions = core.AwaitJobOptions<Duration>;

/** Input of the workflow `awaitJobCompletion`: plain JSON, for callers in any language. */
export type AwaitJobInput = core.AwaitJobInput<Duration>;

/** Which job to wait for: its id, or the first one that a workflow, such as a connector's schedule, starts after some time. */
export type JobToAwait = string | AwaitedJob;

export function jobInput(job: JobToAwait): Pick<AwaitJobInput, 'jobId' | 'workflowId' | 'createdAfter'> {
  return typeof job === 'object' ? job : { jobId: job };
}
