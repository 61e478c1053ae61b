import { executeAwaitJob } from 'temporal-unstructured/workflows';

export async function awaitContract(jobId: string): Promise<string> {
  const { job, wait } = await executeAwaitJob(jobId);
  return `${job.status} after ${wait.checks} checks`;
}
