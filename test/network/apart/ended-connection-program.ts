/** A healthy download whose answer ends with its connection while its reader is behind. Alone in its process: undici 7 would end that. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UnstructuredClient } from '../../../src/api/client';
import { FakeUnstructured, faults } from '../../../src/testing';

async function main(): Promise<void> {
  await using api = await FakeUnstructured.start({ answers: { gzip: false } });
  api.addFaults([[{ operation: 'downloadJobOutput' }, faults.headers({ connection: 'close' })]]);
  await using client = new UnstructuredClient({ apiKey: api.apiKey, baseUrl: api.url });
  const job = api.addJob({ files: ['a.pdf'], timeline: [['COMPLETED']], outputBytes: 300_000 });
  const [file] = (await client.getJob(job.id)).outputNodeFiles ?? [];
  const { body } = await client.downloadJobOutput(job.id, file?.fileId ?? '');
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    await sleep(20);
  }
  process.stdout.write(String(bytes));
}

void main();
