/** Runs in the workflow sandbox: the parent workflow of the demo. Bundled for the demo's worker. */
import { isCancellation } from '@temporalio/workflow';
import { executeAwaitJob, unstructuredFailure, type AwaitJobOptions } from '../../../workflows';
import type { JobOutcome } from '../view/render-result';

export { awaitJobCompletion, runJob, runJobs } from '../../../workflows';

/** A job of the demo, and how it is awaited. */
export interface AwaitedJob {
  jobId: string;
  options?: AwaitJobOptions;
}

export interface AwaitJobsInput {
  jobs: AwaitedJob[];
}

/** Awaits several jobs side by side; a job that fails does not end the wait for the others. */
export async function awaitJobs({ jobs }: AwaitJobsInput): Promise<JobOutcome[]> {
  return Promise.all(jobs.map(settle));
}

async function settle({ jobId, options }: AwaitedJob): Promise<JobOutcome> {
  try {
    return { jobId, result: await executeAwaitJob(jobId, options) };
  } catch (error) {
    const failure = isCancellation(error) ? undefined : unstructuredFailure(error);
    if (!failure) throw error;
    const { type, message, details } = failure;
    return { jobId, failure: { type, message, details } };
  }
}
