import type { Client } from '@temporalio/client';
import { checkNow, progress, startAwaitJob } from 'temporal-unstructured';

export async function waitFromAClient(client: Client, jobId: string): Promise<void> {
  const handle = await startAwaitJob(client, jobId, { taskQueue: 'documents' }); // joins a waiter that already runs
  await handle.signal(checkNow); // when the job may have ended: checks at once
  console.log(await handle.query(progress), (await handle.result()).outputNodeFiles);
}
