import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { expect, test } from 'vitest';
import { indexContract } from './workflows';

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
      workflowsPath: join(__dirname, 'workflows.ts'),
      activities: { index: async () => {} },
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    const options = { workflowId: 'index', taskQueue: 'documents', args: [job.id] as [string] };
    expect(await worker.runUntil(() => env.client.workflow.execute(indexContract, options))).toBe(1);
  } finally {
    await Promise.all([api.close(), env.teardown()]);
  }
}, 60_000);
