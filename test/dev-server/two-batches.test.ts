// The starts of two batches of one account go to one queue. Its worker paces both together, so that the API refuses none.
import { expect, test } from 'vitest';
import { startRunJobs, UnstructuredPlugin } from '../../src';
import { batchOf } from './support/batch';
import { useDevServer } from './support/dev-server';

const { withApi } = useDevServer();
const JOBS = 3;

test('two batches that share a queue for their starts send none too early', async ({ onTestFinished }) => {
  await withApi(
    async (setup) => {
      const { api, client, queue, startWorker } = setup;
      const startTaskQueue = `${queue}-starts`;
      const batches = await Promise.all(
        ['north', 'south'].map((key) =>
          batchOf(setup, JOBS, onTestFinished, { key: `${key}-${queue}`, perJob: 1, parallel: JOBS, startTaskQueue }),
        ),
      );
      const folders = batches.map(({ folder }) => folder);
      const { url: baseUrl, apiKey } = api;
      const plugin = () => new UnstructuredPlugin({ baseUrl, apiKey, documents: { folders }, outputs: { folders } });
      await startWorker({ plugins: [plugin()] });
      // A tenth of the rate that the fake allows: how long this machine takes for a start does not matter.
      const pace = { maxActivitiesPerSecond: 0.5 };
      await startWorker({ taskQueue: startTaskQueue, workflowBundle: undefined, plugins: [plugin()], ...pace });
      const handles = await Promise.all(batches.map(({ input }) => startRunJobs(client, input)));
      for (const handle of handles)
        expect((await handle.result()).counts).toMatchObject({ ok: JOBS, jobs: JOBS, failedJobs: 0 });
      const sent = api.requests.filter(({ operation }) => operation === 'createJob');
      expect(sent).toHaveLength(2 * JOBS); // a start that comes too early is refused, and sent again
    },
    { startedJobs: { timeline: ['COMPLETED'] }, limits: { spacing: '200 ms' } },
  );
});
