/** Workflow sandbox: the parent of the demo. Bundled for the demo's worker. */
import { isCancellation } from '@temporalio/workflow';
import { executeAwaitJob, unstructuredFailure, type AwaitJobOptions } from '../../../workflows';
import type { JobOutcome } from '../view/render-result';

export { awaitJobCompletion, runJob, runJobs } from '../../../workflows';

export interface AwaitJobsInput {
  jobIds: string[];
  options?: AwaitJobOptions;
}

/** Awaits several jobs side by side; a job that fails does not end the wait for the others. */
export async function awaitJobs({ jobIds, options }: AwaitJobsInput): Promise<JobOutcome[]> {
  return Promise.all(jobIds.map((jobId) => settle(jobId, options)));
}

async function settle(jobId: string, options?: AwaitJobOptions): Promise<JobOutcome> {
  try {
    return { jobId, result: await executeAwaitJob(jobId, options) };
  } catch (error) {
    const failure = isCancellation(error) ? undefined : unstructuredFailure(error);
    if (!failure) throw error;
    const { type, message, details } = failure;
    return { jobId, failure: { type, message, details } };
  }
}
