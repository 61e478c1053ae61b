import { patched, proxyActivities, sleep } from '@temporalio/workflow';
import type { UnstructuredActivities } from 'temporal-unstructured/activities';
import { executeAwaitJob } from 'temporal-unstructured/workflows';

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
