import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { startAwaitJob } from '../../src';
import type { naiveLoop, retriedActivity } from './workflows';

/** A way to wait for a job, with its gaps fixed. */
export interface Pattern {
  name: string;
  start: (client: Client, taskQueue: string, jobId: string, gapMs: number) => Promise<WorkflowHandle>;
}

export const OURS: Pattern = {
  name: 'awaitJobCompletion',
  start: (client, taskQueue, jobId, gap) =>
    startAwaitJob(client, jobId, { taskQueue, minimumGap: gap, maximumGap: gap, gapJitter: 0 }),
};

export const NAIVE_LOOP: Pattern = {
  name: 'naive timer loop',
  start: (client, taskQueue, jobId, gapMs) =>
    client.workflow.start<typeof naiveLoop>('naiveLoop', { taskQueue, workflowId: randomUUID(), args: [jobId, gapMs] }),
};

export const RETRIED_ACTIVITY: Pattern = {
  name: 'activity that throws until done',
  start: (client, taskQueue, jobId, gapMs) =>
    client.workflow.start<typeof retriedActivity>('retriedActivity', {
      taskQueue,
      workflowId: randomUUID(),
      args: [jobId, gapMs],
    }),
};
