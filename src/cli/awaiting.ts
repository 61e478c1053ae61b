import type { Client, WorkflowHandle } from '@temporalio/client';
import type { awaitJobs, AwaitJobsInput } from './demo/workflows';
import type { Cleanup } from './cleanup';
import { endWorkflow } from './end-workflow';
import type { RunNames } from './demo/names';
import type { TemporalServer } from './server/temporal-server';

/** What a workflow of the demo is started with. */
export interface Start {
  client: Client;
  server: TemporalServer;
  names: RunNames;
  cleanup: Cleanup;
}

type Parent = WorkflowHandle<typeof awaitJobs>;

/** Starts the parent workflow. On a server that stays, an interruption ends it and its waits; the jobs themselves go on. */
export async function startAwaiting(input: AwaitJobsInput, { client, server, names, cleanup }: Start): Promise<Parent> {
  const { workflowId, taskQueue } = names;
  const parent = await client.workflow.start<typeof awaitJobs>('awaitJobs', {
    workflowId,
    taskQueue,
    args: [input],
    staticSummary: 'Demo of temporal-unstructured',
  });
  if (!server.isOwn) cleanup.add(() => endWorkflow(client, parent));
  return parent;
}
