/** Workflows of the benches: ours, and what people would use instead. */
import { condition, defineSignal, executeChild, proxyActivities, setHandler, sleep } from '@temporalio/workflow';
import type { Job } from '../../src/core/job';
import { executeAwaitJob, executeRunJob, type ExecuteRunJobOptions } from '../../workflows';

export { awaitJobCompletion, runJob, runJobs } from '../../workflows';

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

export const go = defineSignal('go');

/** Does nothing but wait for a signal. */
export async function bareSignal(): Promise<void> {
  let isSignalled = false;
  setHandler(go, () => void (isSignalled = true));
  await condition(() => isSignalled);
}

/** A parent whose child waits for a signal. */
export async function parentOfSignal(workflowId: string): Promise<void> {
  await executeChild(bareSignal, { workflowId });
}

/** A parent whose child waits for a job, and looks every six hours unless it is told to. */
export async function parentOfWait(jobId: string): Promise<void> {
  await executeAwaitJob(jobId, { safetyGap: '6 hours' });
}

/** What people write for many documents: so many chunks at a time, each a run. Returns how many outputs there are. */
export async function chunksByHand(
  { key, parallel, ...run }: Omit<ExecuteRunJobOptions, 'documents'> & { parallel: number },
  chunks: { ref: string }[][],
): Promise<number> {
  let saved = 0;
  for (let at = 0; at < chunks.length; at += parallel) {
    const results = await Promise.all(
      chunks
        .slice(at, at + parallel)
        .map((documents, n) =>
          executeRunJob({ ...run, key: `${key}/${at + n + 1}`, documents } as ExecuteRunJobOptions),
        ),
    );
    saved += results.flatMap(({ documents }) => documents.flatMap(({ outputs }) => outputs)).length;
  }
  return saved;
}
