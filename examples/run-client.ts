import type { Client } from '@temporalio/client';
import { runProgress, startRunJob } from 'temporal-unstructured';

export async function runFromAClient(client: Client, mailId: string, ref: string): Promise<void> {
  const handle = await startRunJob(client, {
    key: `invoices-${mailId}`,
    taskQueue: 'documents',
    start: { templateId: 'hi_res_partition' },
    documents: [{ ref }],
    outputs: { to: 'file:///data/parsed/' },
  });
  const { phase, done, total } = await handle.query(runProgress); // uploading 3/10, queued, running, fetching 12/40
  console.log(phase, done, total, (await handle.result()).documents);
}
