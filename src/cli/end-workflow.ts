import type { Client, WorkflowHandle } from '@temporalio/client';

const CANCEL_TIMEOUT_MS = 5_000;

/** Cancels a workflow that still runs, and terminates it where it does not end soon. */
export async function endWorkflow(client: Client, handle: WorkflowHandle): Promise<void> {
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') return;
  await handle.cancel();
  const ended = client.connection.withDeadline(Date.now() + CANCEL_TIMEOUT_MS, () => handle.result());
  await ended.catch(() => handle.terminate('The demo was interrupted'));
}
