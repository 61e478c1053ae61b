// A worker as a user writes it: a workflow awaits a job, and a run makes a file of a document, against the fake API. Prints what came of both.
// With an argument, it bundles that file of workflows; else it takes the bundle that was built beforehand.
import { readdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from '@temporalio/worker';
import { startRunJob, UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import type { awaitContract } from './workflows';

const outputs = resolve('outputs');
const workflowsPath = process.argv[2];
const taskQueue = 'documents';

async function main(): Promise<void> {
  const env = await createTestEnvironment();
  const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  try {
    const { id } = api.addJob({ timeline: [['IN_PROGRESS', '30m'], ['COMPLETED']] });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      ...(workflowsPath === undefined
        ? { workflowBundle: { codePath: resolve('bundle.js') } }
        : { workflowsPath: resolve(workflowsPath) }),
      plugins: [
        new UnstructuredPlugin({
          baseUrl: api.url,
          apiKey: api.apiKey,
          dispatcher: undefined,
          documents: { folders: [resolve()] },
          outputs: { folders: [outputs] },
        }),
      ],
    });
    const awaited = await worker.runUntil(async () => {
      const options = { workflowId: 'contract', taskQueue, args: [id] as [string] };
      const result = await env.client.workflow.execute<typeof awaitContract>('awaitContract', options);
      const run = await startRunJob(env.client, {
        key: 'package',
        taskQueue,
        start: { templateId: 'hi_res_partition' },
        documents: [{ ref: pathToFileURL('package.json').href }],
        outputs: { to: pathToFileURL(outputs).href },
      });
      await run.result();
      return result;
    });
    const saved = await readdir(outputs);
    console.log(`${awaited}, files saved: ${saved.length}, on Node ${process.version}`);
  } finally {
    await api.close();
    await env.teardown();
    await rm(outputs, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
