// A worker that does not know the activity, as during a rolling deployment, delays a wait and never ends it.
import { expect, test } from 'vitest';
import { progress } from '../../src';
import { OFTEN, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

test('the progress shows the error, and the wait goes on with the first worker that has the plugin', async () => {
  await withApi(async ({ api, startWorker, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const handle = await start(job, OFTEN);
    const without = await startWorker({ plugins: [], activities: { another: () => Promise.resolve() } });
    const { lastError, failing } = await eventually(async () => {
      const now = await handle.query(progress);
      expect(now.failing).not.toBeNull();
      return now;
    });
    expect(lastError).toMatchObject({ type: 'NotFoundError', message: expect.stringContaining('getJob') as unknown });
    expect(failing?.count).toBeGreaterThanOrEqual(1);
    expect(job.checks).toBe(0);
    await without.stop();

    await startWorker();
    const { wait } = await handle.result();
    expect(Object.keys(wait.failures)).toEqual(['NotFoundError']);
    expect(job.checks).toBe(1);
  });
});
