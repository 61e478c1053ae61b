import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { startRunJob } from 'temporal-unstructured';

export async function parseOne(client: Client, ref: string, to: string): Promise<unknown> {
  const run = await startRunJob(client, {
    key: 'my-first-document', // the workflow id: the same key returns the same result
    taskQueue: 'documents',
    start: { templateId: 'hi_res_partition' },
    documents: [{ ref }], // file:///data/inbox/contract.pdf
    outputs: { to, which: 'final', name: '{stem}.json' }, // file:///data/parsed/
  });
  const { job, documents } = await run.result();
  console.log('the job', job.id);
  const [document] = documents;
  if (document?.status !== 'ok') throw new Error(document?.reason);
  const [output] = document.outputs;
  return JSON.parse(await readFile(new URL(output!.location), 'utf8'));
}
