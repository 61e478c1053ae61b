import { strict as assert } from 'node:assert';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { parseOne } from './one-document';
import { parseInvoices, parseStepByStep } from './workflows';

test('a batch goes from documents to files, and a locked document to quarantine; so it does step by step', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'invoices-'));
  const env = await createTestEnvironment();
  const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  try {
    api.setStartedJobs({ failedFiles: { 'locked.pdf': 'password protected' } });
    const refs = await Promise.all(
      ['a.pdf', 'locked.pdf'].map(async (name) => {
        await writeFile(join(folder, name), `text of ${name}`);
        return pathToFileURL(join(folder, name)).href;
      }),
    );
    const calls: string[] = [];
    const note = (name: string) => (ref: string) => Promise.resolve(void calls.push(`${name} ${ref}`));
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'documents',
      workflowsPath: require.resolve('./workflows'),
      activities: { ingest: note('ingest'), quarantine: note('quarantine') },
      plugins: [
        new UnstructuredPlugin({
          baseUrl: api.url,
          apiKey: api.apiKey,
          documents: { folders: [folder] },
          outputs: { folders: [folder] },
        }),
      ],
    });
    const to = pathToFileURL(join(folder, 'parsed')).href;
    const args: Parameters<typeof parseInvoices> = ['mail-7', refs, to];
    const steps: Parameters<typeof parseStepByStep> = [refs, `${to}/steps`];
    const taskQueue = 'documents';
    await worker.runUntil(async () => {
      await env.client.workflow.execute(parseInvoices, { workflowId: 'parse', taskQueue, args });
      const saved = await env.client.workflow.execute(parseStepByStep, { workflowId: 'steps', taskQueue, args: steps });
      assert.equal(saved, 1);
      const elements = await parseOne(env.client, refs[0]!, `${to}/one`);
      assert.ok(Array.isArray(elements) && elements.every((one) => 'type' in Object(one) && 'text' in Object(one)));
    });
    assert.deepEqual(calls, [`ingest ${refs[0]}`, `quarantine ${refs[1]}`]);
    assert.equal((await readdir(join(folder, 'parsed'))).length, 3); // one file, and the folders of the steps and of the one document
  } finally {
    await Promise.all([api.close(), env.teardown(), rm(folder, { recursive: true })]);
  }
});
