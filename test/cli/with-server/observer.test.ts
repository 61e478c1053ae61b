import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UnstructuredPlugin } from '../../../src';
import type { AwaitedJob, awaitJobs } from '../../../src/cli/demo/workflows';
import { Observer } from '../../../src/cli/view/observer';
import { createTestEnvironment, FakeUnstructured } from '../../../src/testing';
import { collectLogs } from '../../support/logs';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  collectLogs();
  env = await createTestEnvironment();
});
afterAll(() => env.teardown());

test('a job that is over before anybody looked is shown as what it is', async () => {
  await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  const { id } = api.addJob({ files: ['a.pdf'], nodes: 1 });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'watch',
    workflowsPath: require.resolve('../../../src/cli/demo/workflows.ts'),
    plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
  });
  await worker.runUntil(async () => {
    const { workflow } = env.client;
    const start = {
      workflowId: 'parent',
      taskQueue: 'watch',
      args: [{ jobs: [{ jobId: id }] }] as [{ jobs: AwaitedJob[] }],
    };
    await workflow.execute<typeof awaitJobs>('awaitJobs', start);
    const observer = new Observer(env.client, 'parent', new Map([['job', id]]));
    expect(await observer.refresh()).toMatchObject([
      { name: 'job', progress: { status: 'COMPLETED', activity: 'ended', checks: 1, outputNodeFilesTotal: 1 } },
    ]);
  });
});
