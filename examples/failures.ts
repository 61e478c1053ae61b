import { isCancellation, proxyActivities } from '@temporalio/workflow';
import { executeAwaitJob, unstructuredFailure, type NodeFile } from 'temporal-unstructured/workflows';
import type * as activities from './activities';

const { page, quarantine } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export async function contractOrQuarantine(jobId: string): Promise<NodeFile[]> {
  try {
    return (await executeAwaitJob(jobId, { runLimit: '4 hours' })).outputNodeFiles;
  } catch (err) {
    if (isCancellation(err)) throw err;
    const failure = unstructuredFailure(err); // union discriminated by type, details typed
    switch (failure?.type) {
      case 'UnstructuredJobFailedError':
        await quarantine(jobId, `job ended ${failure.details.job.status}`);
        return [];
      case 'UnstructuredJobTimeoutError':
        await page(`${jobId}: ${failure.details.limit} limit at ${failure.details.lastStatus ?? 'never seen'}`);
    }
    throw err;
  }
}
