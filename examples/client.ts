import type { Client } from '@temporalio/client';
import { checkNow, progress, startAwaitJob } from 'temporal-unstructured';

export async function waitFromAClient(client: Client, jobId: string): Promise<void> {
  const handle = await startAwaitJob(client, jobId, { taskQueue: 'documents' }); // joins a waiter that already runs
  await handle.signal(checkNow); // a person, or whoever learned that the job may be done
  console.log(await handle.query(progress), (await handle.result()).outputNodeFiles);
}
