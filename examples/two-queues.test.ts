import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { indexByTwoWorkers } from './two-queues';

test('one worker runs the workflows, another one calls the API', async () => {
  const env = await createTestEnvironment();
  const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  try {
    const job = api.addJob({ files: ['a.pdf'], timeline: [['IN_PROGRESS', '90m'], ['COMPLETED']] });
    const connection = env.nativeConnection;
    const first = await Worker.create({
      connection,
      taskQueue: 'documents',
      workflowsPath: require.resolve('./two-queues'),
      activities: { index: async () => {} },
    });
    const second = await Worker.create({
      connection,
      taskQueue: 'unstructured',
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    const options = { workflowId: 'index', taskQueue: 'documents', args: [job.id] as [string] };
    const execute = () => env.client.workflow.execute(indexByTwoWorkers, options);
    assert.equal(await second.runUntil(() => first.runUntil(execute)), 1);
  } finally {
    await Promise.all([api.close(), env.teardown()]);
  }
});
