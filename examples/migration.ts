import { patched, proxyActivities, sleep } from '@temporalio/workflow';
import type { UnstructuredActivities } from 'temporal-unstructured/activities';
import { executeAwaitJob } from 'temporal-unstructured/workflows';
import type * as activities from './activities';

const { pollUntilDone } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '1 minute',
});
const { getJob } = proxyActivities<UnstructuredActivities>({ startToCloseTimeout: '1 minute' });

/** Runs that began with the loop go on with it; new ones wait in a child. */
export async function pollThenAwait(jobId: string): Promise<string> {
  if (patched('await-job')) return (await executeAwaitJob(jobId)).job.status;

  let job = await getJob({ jobId });
  while (job.status === 'SCHEDULED' || job.status === 'IN_PROGRESS') {
    await sleep('10 seconds');
    job = await getJob({ jobId });
  }
  return job.status;
}

/** The same for a loop inside an activity, here `pollUntilDone`. */
export async function pollInActivityThenAwait(jobId: string): Promise<string> {
  if (patched('await-job')) return (await executeAwaitJob(jobId)).job.status;

  return pollUntilDone(jobId);
}
