// The plugin adds its activities to a worker, and touches nothing else.
import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { startAwaitJob, UnstructuredPlugin } from '../../src';
import { testBundle } from '../support/bundle';
import { onServer, QUEUE, type Setup, useTimeSkipping } from '../support/time-skipping';

const withWorker = useTimeSkipping();
const OTHER = 'other';

/** Runs `fn` with one more worker. */
async function withOther<T>(
  { env, api }: Setup,
  options: Partial<WorkerOptions>,
  fn: (worker: Worker) => Promise<T>,
): Promise<T> {
  const plugins = [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })];
  const worker = await Worker.create({ ...onServer(env), taskQueue: OTHER, plugins, ...options });
  return worker.runUntil(fn(worker));
}

test('a worker of activities alone stays one', async () => {
  await withWorker(async (setup) => {
    await withOther(setup, {}, async (worker) => {
      expect(worker.options.workflowsPath).toBeUndefined();
      expect(worker.options.workflowBundle).toBeUndefined();
      expect([...worker.options.activities.keys()]).toContain('getJob');
      const { job } = await setup.waitFor(setup.api.addJob(), { activityTaskQueue: OTHER });
      expect(job.status).toBe('COMPLETED');
    });
  });
});

test("the user's workflowsPath, bundle and activities are left alone", async () => {
  await withWorker(async (setup) => {
    const workflowsPath = require.resolve('../support/parents.ts');
    const greet = () => Promise.resolve('hello');
    await withOther(setup, { workflowsPath, activities: { greet } }, async (worker) => {
      expect(worker.options.workflowsPath).toBe(workflowsPath);
      expect(worker.options.activities.get('greet')).toBe(greet);
      const { job } = await setup.waitFor(setup.api.addJob(), { taskQueue: OTHER });
      expect(job.status).toBe('COMPLETED');
    });
    const workflowBundle = testBundle();
    await withOther(setup, { workflowBundle }, (worker) => {
      expect(worker.options.workflowBundle).toEqual(workflowBundle);
      return Promise.resolve();
    });
  });
});

test('the same plugin on the connection and on the worker does no harm', async () => {
  await withWorker(async ({ env, api }) => {
    const plugin = new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey });
    const connection = await NativeConnection.connect({ address: env.address, plugins: [plugin] });
    try {
      for (const plugins of [[plugin], [], [plugin, plugin]]) {
        const worker = await Worker.create({
          ...onServer(env),
          connection,
          taskQueue: OTHER,
          workflowBundle: testBundle(),
          plugins,
        });
        const wait = async () => (await startAwaitJob(env.client, api.addJob().id, { taskQueue: OTHER })).result();
        expect((await worker.runUntil(wait())).job.status).toBe('COMPLETED');
      }
    } finally {
      await connection.close();
    }
  });
});

test('the plugin may also stand on a client, which starts waits as any other', async () => {
  await withWorker(async ({ env, api }) => {
    const plugins = [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })];
    const client = new Client({ connection: env.connection, namespace: env.client.options.namespace, plugins });
    const job = api.addJob();
    const { status } = (await (await startAwaitJob(client, job.id, { taskQueue: QUEUE })).result()).job;
    expect(status).toBe('COMPLETED');
    const description = await client.workflow.getHandle(`unstructured-job-${job.id}`).describe();
    expect(description.taskQueue).toBe(QUEUE);
  });
});

test("an activity getJob of the user's own is refused with a way out", async () => {
  await withWorker(async (setup) => {
    const activities = { getJob: () => Promise.resolve('mine') };
    const clash = withOther(setup, { activities }, () => Promise.resolve());
    await expect(clash).rejects.toThrow(/already has an activity named getJob\..*input option activityTaskQueue/);
  });
});

test('a second plugin is refused too', async () => {
  await withWorker(async (setup) => {
    const plugins = ['key-no-1', 'key-no-2'].map((apiKey) => new UnstructuredPlugin({ apiKey }));
    const clash = withOther(setup, { plugins }, () => Promise.resolve());
    await expect(clash).rejects.toThrow(/second UnstructuredPlugin, use one with the option accounts/);
  });
});
