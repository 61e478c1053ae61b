// A folder of documents in, output files and a manifest out. Started again with the same key, it goes on where it stood:
// node run-jobs.js invoices-2026-11 file:///data/inbox/ file:///data/parsed/
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { batchProgress, startRunJobs, UnstructuredPlugin, type RunJobsResult } from 'temporal-unstructured';
import { readSecret } from './secrets';

export async function runBatch(client: Client, key: string, from: string, to: string): Promise<RunJobsResult> {
  const batch = await startRunJobs(client, {
    key,
    taskQueue: 'documents',
    start: { templateId: 'hi_res_partition' },
    documents: { from, match: ['**/*.{pdf,docx}', '!drafts/**'] },
    outputs: { to },
  });
  const { done, counts, endsAt } = await batch.query(batchProgress);
  console.log(`${done.documents} of ${counts.documents} documents are through; the end is likely at ${endsAt ?? '…'}`);
  return batch.result();
}

async function main(key: string, from: string, to: string): Promise<void> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue: 'documents',
      workflowsPath: require.resolve('./workflows'),
      plugins: [
        new UnstructuredPlugin({
          apiKey: () => readSecret('unstructured'),
          documents: { folders: [fileURLToPath(from)] },
          outputs: { folders: [fileURLToPath(to)] },
        }),
      ],
    });
    const { counts, manifest } = await worker.runUntil(() => runBatch(new Client({ connection }), key, from, to));
    console.log(counts, manifest.location);
    process.exitCode = counts.ok === counts.documents ? 0 : 1;
  } finally {
    await connection.close();
  }
}

if (require.main === module) {
  const [key = '', from = '', to = ''] = process.argv.slice(2);
  void main(key, from, to);
}
