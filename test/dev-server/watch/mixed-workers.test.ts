// Workers of one task queue of which some offer to watch and some do not: every wait ends right.
import { expect, test } from 'vitest';
import { progress } from '../../../src';
import { useDevServer } from '../support/dev-server';
import { eventually } from '../support/eventually';
import { anotherConnection, held, QUICK, WATCH } from '../support/watching';

const { withApi } = useDevServer({ watch: WATCH });

test('waits for jobs of two statuses, on a worker that watches and one that does not', async () => {
  await withApi(async ({ env, api, createPlugin, startWorker, start }) => {
    await startWorker();
    await startWorker({ connection: await anotherConnection(env), plugins: [createPlugin(false)] });
    const jobs = Array.from({ length: 12 }, () => api.addJob({ timeline: ['SCHEDULED'] }));
    const handles = await Promise.all(jobs.map((job) => start(job, QUICK)));
    for (const status of ['IN_PROGRESS', 'COMPLETED']) {
      for (const job of jobs) job.setStatus(status);
      await eventually(async () => {
        const seen = await Promise.all(handles.map((handle) => handle.query(progress)));
        expect(seen.map((now) => now.status)).toEqual(jobs.map(() => status));
      });
    }
    for (const handle of handles) expect((await handle.result()).wait).toMatchObject({ failures: {} });
  });
});

test('a worker that does not offer to watch takes over what another one held', async () => {
  await withApi(async ({ env, api, createPlugin, startWorker, start }) => {
    const first = await startWorker();
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, QUICK);
    await held(handle);
    await startWorker({ connection: await anotherConnection(env), plugins: [createPlugin(false)] });
    await first.stop();
    job.setStatus('COMPLETED');
    expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
  });
});
