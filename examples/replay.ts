import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';

/** Fails if the workflow code of today would do something else than the workflow has done. */
export async function replay(client: Client, workflowId: string): Promise<void> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowsPath: require.resolve('./workflows') }, history);
}
