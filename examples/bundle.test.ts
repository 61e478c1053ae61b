import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { writeBundle } from './bundle';

test('a worker runs the workflows of a bundle that was built beforehand, without the API key', async () => {
  delete process.env['UNSTRUCTURED_API_KEY'];
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const codePath = join(folder, 'workflows.js');
  await writeBundle(codePath);
  const env = await createTestEnvironment();
  const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  try {
    const job = api.addJob({ files: ['a.pdf'], timeline: ['COMPLETED'] });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'documents',
      workflowBundle: { codePath },
      activities: { index: async () => {} },
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    const options = { workflowId: 'index', taskQueue: 'documents', args: [job.id] };
    assert.equal(await worker.runUntil(() => env.client.workflow.execute('indexContract', options)), 1);
  } finally {
    await Promise.all([api.close(), env.teardown(), rm(folder, { recursive: true })]);
  }
});
