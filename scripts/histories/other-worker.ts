import { Worker } from '@temporalio/worker';
import type { JobCheck } from '../../src/core/wait/job-check';
import type { Recording } from './recording';

/** A worker of activities alone, which are not ours, on a task queue of its own. */
export function createOtherWorker({ env }: Recording, taskQueue: string, activities: object): Promise<Worker> {
  return Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    identity: 'worker',
    activities,
  });
}

/** What a check is asked, as far as it matters here. */
export interface CheckInput {
  jobId: string;
  options?: object;
}

/** What a check answers by a worker that offers to watch the job, also where time is skipped, and ours does not. */
export function offeringCheck({ jobId, options }: CheckInput, status: string): JobCheck {
  const job = {
    id: jobId,
    status,
    workflowId: null,
    workflowName: null,
    createdAt: null,
    runtime: null,
    jobType: null,
  };
  return { job, inputFileIds: null, outputNodeFiles: null, watch: { tickMs: 1_000 }, options };
}
