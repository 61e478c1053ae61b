import type { Client, WorkflowHandle } from '@temporalio/client';
import type { awaitJobs, AwaitJobsInput } from './demo-workflows';
import type { Cleanup } from './cleanup';
import type { RunNames } from './names';
import type { TemporalServer } from './temporal-server';

const CANCEL_TIMEOUT_MS = 5_000;

type Parent = WorkflowHandle<typeof awaitJobs>;

/** Starts the parent workflow. On a server that stays, an interruption ends it and its waits; the jobs themselves go on. */
export async function startAwaiting(
  client: Client,
  input: AwaitJobsInput,
  { server, names, cleanup }: { server: TemporalServer; names: RunNames; cleanup: Cleanup },
): Promise<Parent> {
  const { workflowId, taskQueue } = names;
  const parent = await client.workflow.start<typeof awaitJobs>('awaitJobs', {
    workflowId,
    taskQueue,
    args: [input],
    staticSummary: 'Demo of temporal-unstructured',
  });
  if (!server.isOwn) cleanup.add(() => endAwaiting(client, parent));
  return parent;
}

async function endAwaiting(client: Client, parent: Parent): Promise<void> {
  const { status } = await parent.describe();
  if (status.name !== 'RUNNING') return;
  await parent.cancel();
  const ended = client.connection.withDeadline(Date.now() + CANCEL_TIMEOUT_MS, () => parent.result());
  await ended.catch(() => parent.terminate('The demo was interrupted'));
}
