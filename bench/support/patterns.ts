import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { startAwaitJob, type AwaitJobResult } from '../../src';
import type { Job } from '../../src/core/job';
import type { naiveLoop, retriedActivity } from './workflows';

/** A way to wait for a job, with its gaps fixed. */
export interface Pattern {
  name: string;
  start: (client: Client, taskQueue: string, jobId: string, gapMs: number) => Promise<WorkflowHandle>;
  /** Whether this is the result of a wait in which nothing went wrong. */
  isGood: (result: unknown) => boolean;
}

const isCompleted = (job: unknown): boolean => (job as Job).status === 'COMPLETED';

/** Without the question which documents failed: the others don't ask it either. */
export const OURS: Pattern = {
  name: 'awaitJobCompletion',
  start: (client, taskQueue, jobId, gap) =>
    startAwaitJob(client, jobId, { taskQueue, minimumGap: gap, maximumGap: gap, gapJitter: 0, failedFiles: 'off' }),
  isGood: (result) => {
    const { job, documentsError } = result as AwaitJobResult;
    return isCompleted(job) && documentsError === null;
  },
};

export const NAIVE_LOOP: Pattern = {
  name: 'naive timer loop',
  start: (client, taskQueue, jobId, gapMs) =>
    client.workflow.start<typeof naiveLoop>('naiveLoop', { taskQueue, workflowId: randomUUID(), args: [jobId, gapMs] }),
  isGood: isCompleted,
};

export const RETRIED_ACTIVITY: Pattern = {
  name: 'activity that throws until done',
  start: (client, taskQueue, jobId, gapMs) =>
    client.workflow.start<typeof retriedActivity>('retriedActivity', {
      taskQueue,
      workflowId: randomUUID(),
      args: [jobId, gapMs],
    }),
  isGood: isCompleted,
};

/**
 * Waits for the end of a wait.
 * @throws Error where it did not end as it should: then its figures are worth nothing
 */
export async function expectResult(
  { name, isGood }: Pick<Pattern, 'name' | 'isGood'>,
  handle: Pick<WorkflowHandle, 'result'>,
): Promise<void> {
  const result: unknown = await handle.result();
  if (!isGood(result)) throw new Error(`${name} ended otherwise than it should: ${JSON.stringify(result)}`);
}
