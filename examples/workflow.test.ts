import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { expect, test } from 'vitest';
import { indexContract } from './workflows';

test('a job of two hours is indexed, in a second', async () => {
  const env = await createTestEnvironment(); // time skipping; finds a server also where nothing can be downloaded
  const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  const job = api.addJob({ files: ['a.pdf'], timeline: [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']] });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'documents',
    workflowsPath: require.resolve('./workflows'),
    activities: { index: async () => {} },
    plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
  });
  const run = () =>
    env.client.workflow.execute(indexContract, { workflowId: 'w', taskQueue: 'documents', args: [job.id] });
  expect(await worker.runUntil(run)).toBe(1);
  await Promise.all([api.close(), env.teardown()]);
});
