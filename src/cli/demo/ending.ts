import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Cleanup } from '../support/cleanup';
import type { TemporalServer } from '../server/temporal-server';
import type { RunNames } from './names';

/** What starting a workflow of the demo needs. */
export interface Start {
  client: Client;
  server: TemporalServer;
  names: RunNames;
  cleanup: Cleanup;
}

/** On a server that keeps running, an interruption cancels a workflow of the demo, and with it the job that it has started. */
export function endWithDemo(handle: WorkflowHandle, { client, server, cleanup }: Start): void {
  if (!server.isOwn) cleanup.add(() => endWorkflow(client, handle));
}

const CANCEL_TIMEOUT_MS = 5_000;

/** Cancels a workflow that is still running, and terminates it if it does not end soon. */
async function endWorkflow(client: Client, handle: WorkflowHandle): Promise<void> {
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') return;
  await handle.cancel();
  const ended = client.connection.withDeadline(Date.now() + CANCEL_TIMEOUT_MS, () => handle.result());
  await ended.catch(() => handle.terminate('The demo was interrupted'));
}
