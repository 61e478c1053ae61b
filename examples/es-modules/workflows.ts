import { log, proxyActivities } from '@temporalio/workflow';
import { executeAwaitJob } from 'temporal-unstructured/workflows';
import type * as activities from './activities.js';

const { index } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export async function indexContract(jobId: string): Promise<number> {
  const { outputNodeFiles, wait } = await executeAwaitJob(jobId, { files: 'final', runLimit: '6 hours' });
  for (const file of outputNodeFiles) await index(jobId, file.fileId);
  log.info('indexed', { jobId, checks: wait.checks });
  return outputNodeFiles.length;
}
