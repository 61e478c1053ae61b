/** Workflows of the tests on a dev server alone: a parent, and naive ones that show what the package saves users from. */
import { ApplicationFailure, log, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { type AwaitJobOptions, type AwaitJobResult, executeAwaitJob, startJob } from '../../../workflows';

/** Waits for one job twice at once, each time in a child. */
export async function parentThatWaitsTwice(jobId: string, options?: AwaitJobOptions): Promise<AwaitJobResult[]> {
  return Promise.all([executeAwaitJob(jobId, options), executeAwaitJob(jobId, options)]);
}

/** Starts two jobs with the same documents. */
export async function startingTwice(documents: { ref: string }[]): Promise<{ jobId: string; how: string }[]> {
  const jobs = [];
  for (const templateId of ['first', 'second']) {
    const { jobId, how } = await startJob({ templateId }, documents);
    jobs.push({ jobId, how });
  }
  return jobs;
}

/** Returns whole what an activity returns, as a first attempt at a wait does. */
export async function naive(activity: string, jobId: string): Promise<unknown> {
  const activities = proxyActivities<Record<string, (jobId: string) => Promise<unknown>>>({
    startToCloseTimeout: '2 seconds',
    scheduleToCloseTimeout: '8 seconds',
  });
  return activities[activity]!(jobId);
}

/** Is given a secret, which no workflow should be, and tells it on. */
export function indiscreet(secret: string): Promise<void> {
  log.info('a secret', { secret });
  throw ApplicationFailure.create({ message: `cannot use ${secret}`, nonRetryable: true });
}

/** Does another thing when it is replayed, which no workflow may. */
export async function fickle(): Promise<void> {
  if (!workflowInfo().unsafe.isReplaying) await sleep(1);
}
