// Workers of one task queue of which some offer to watch and some do not: every wait ends right.
import { expect, test } from 'vitest';
import { progress } from '../../../src';
import { eventsOf } from '../../support/histories';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { anotherConnection, held, QUICK, WATCH, withoutWatch } from '../support/watching';

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

test('a worker that does not know the watch, as an older one, serves the same waits, also those that it gets handed', async () => {
  await withApi(async (setup) => {
    const { env, api, startWorker, start } = setup;
    const first = await startWorker();
    const jobs = Array.from({ length: 6 }, () => api.addJob({ timeline: ['SCHEDULED'] }));
    const handles = await Promise.all(jobs.map((job) => start(job, { ...QUICK, maximumGap: '1 second' })));
    await Promise.all(handles.map(held));
    await startWorker({ connection: await anotherConnection(env), plugins: [], activities: withoutWatch(setup) });
    for (const job of jobs) job.setStatus('IN_PROGRESS');
    await eventually(async () => {
      for (const handle of handles) expect((await handle.query(progress)).status).toBe('IN_PROGRESS');
    });
    for (const job of jobs.slice(0, 3)) job.setStatus('COMPLETED');
    const results = await Promise.all(handles.slice(0, 3).map((handle) => handle.result()));
    await first.stop();
    for (const job of jobs.slice(3)) job.setStatus('COMPLETED');
    results.push(...(await Promise.all(handles.slice(3).map((handle) => handle.result()))));

    expect(results.map(({ job }) => [job.id, job.status])).toEqual(jobs.map(({ id }) => [id, 'COMPLETED']));
    for (const { wait } of results) expect(wait.failures).toEqual({});
    const failed = (await Promise.all(handles.map(eventsOf))).flatMap((events) =>
      attributesOf(events, 'activityTaskFailedEventAttributes'),
    );
    const types = failed.map(({ failure }) => failure?.applicationFailureInfo?.type);
    expect(new Set(types)).toEqual(new Set(['NotFoundError']));
  });
});
