import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { workflowsPath } from './worker.js';
import { indexContract } from './workflows.js';

test('a job of two hours is indexed, in a second', async () => {
  const env = await createTestEnvironment();
  const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  try {
    const job = api.addJob({
      files: ['a.pdf'],
      timeline: [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']],
    });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'documents',
      workflowsPath,
      activities: { index: async () => {} },
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    const options = { workflowId: 'index', taskQueue: 'documents', args: [job.id] as [string] };
    assert.equal(await worker.runUntil(() => env.client.workflow.execute(indexContract, options)), 1);
  } finally {
    await Promise.all([api.close(), env.teardown()]);
  }
});
