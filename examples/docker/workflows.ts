import { executeAwaitJob, unstructuredFailure } from 'temporal-unstructured/workflows';

export { awaitJobCompletion, runJob } from 'temporal-unstructured/workflows';

/** Awaits jobs side by side. @returns how each ended: a job status, or the type of a failure */
export async function awaitJobs(jobIds: string[]): Promise<Record<string, string>> {
  const ends = jobIds.map(async (jobId): Promise<[string, string]> => {
    try {
      return [jobId, (await executeAwaitJob(jobId, { minimumGap: '2 seconds' })).job.status];
    } catch (err) {
      const failure = unstructuredFailure(err);
      if (!failure) throw err;
      return [jobId, failure.type];
    }
  });
  return Object.fromEntries(await Promise.all(ends));
}
