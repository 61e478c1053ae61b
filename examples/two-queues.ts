import { proxyActivities } from '@temporalio/workflow';
import { executeAwaitJob } from 'temporal-unstructured/workflows';
import type * as activities from './activities';

export { awaitJobCompletion, runJob, runJobs } from 'temporal-unstructured/workflows'; // this worker has no plugin

const { index } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export async function indexByTwoWorkers(jobId: string): Promise<number> {
  const { outputNodeFiles } = await executeAwaitJob(jobId, { files: 'final', activityTaskQueue: 'unstructured' });
  for (const file of outputNodeFiles) await index(jobId, file.fileId);
  return outputNodeFiles.length;
}
