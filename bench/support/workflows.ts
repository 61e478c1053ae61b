/** Workflows of the benches: ours, and what people would use instead. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Job } from '../../src/core/job';

export { awaitJobCompletion, runJob } from '../../workflows';

interface Activities {
  getJob(input: { jobId: string }): Promise<Job>;
  getFinishedJob(input: { jobId: string }): Promise<Job>;
}

const UNFINISHED = ['SCHEDULED', 'IN_PROGRESS'];

/** The naive timer loop: its activity returns the whole job each time. */
export async function naiveLoop(jobId: string, gapMs: number): Promise<Job> {
  const { getJob } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });
  for (;;) {
    const job = await getJob({ jobId });
    if (!UNFINISHED.includes(job.status)) return job;
    await sleep(gapMs);
  }
}

/** Temporal's sample for infrequent polling: one activity that throws until the job is done, retried by the server at a fixed interval. */
export async function retriedActivity(jobId: string, gapMs: number): Promise<Job> {
  const { getFinishedJob } = proxyActivities<Activities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: gapMs, backoffCoefficient: 1 },
  });
  return getFinishedJob({ jobId });
}
