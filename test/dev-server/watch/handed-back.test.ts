// A worker that is shut down hands back what it watches: the next one takes it over at once, not when a lease ends.
import { expect, test } from 'vitest';
import type { AwaitJobHandle } from '../../../src';
import { type FakeJob, type FakeUnstructured, faults } from '../../../src/testing';
import { eventsOf } from '../../support/histories';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { anotherConnection, held, QUICK, receives, WATCH, watchOf, watchStartsOf } from '../support/watching';
import { WorkerProcess } from '../support/worker-process';

const { withApi } = useDevServer({ watch: WATCH });

const jobsOf = (api: FakeUnstructured, count: number) =>
  Array.from({ length: count }, () => api.addJob({ timeline: ['IN_PROGRESS'] }));

/** Each watch has been taken over by this worker. */
async function expectHeldBy(handles: AwaitJobHandle[], worker: string, attempt: number): Promise<void> {
  await eventually(async () => {
    const watches = await Promise.all(handles.map(watchOf));
    expect(watches).toMatchObject(handles.map(() => ({ isStarted: true, worker, attempt })));
  });
}

/** Each job is done, and the last start of its watch came after it was handed back: after an end of a lease it would have another cause. */
async function expectEnds(jobs: FakeJob[], handles: AwaitJobHandle[], worker: string): Promise<void> {
  for (const job of jobs) job.setStatus('COMPLETED');
  for (const handle of handles) {
    expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
    expect(watchStartsOf(await eventsOf(handle))).toMatchObject([
      { identity: worker, lastFailure: { applicationFailureInfo: { type: 'UnstructuredWatchHandedBack' } } },
    ]);
  }
}

test('one of two workers in a process', async () => {
  await withApi(async ({ env, api, createPlugin, startWorker, start }) => {
    const first = await startWorker({ identity: 'first' });
    const jobs = jobsOf(api, 6);
    const handles = await Promise.all(jobs.map((job) => start(job, QUICK)));
    await Promise.all(handles.map((handle) => held(handle)));
    const connection = await anotherConnection(env);
    await startWorker({ identity: 'second', connection, plugins: [createPlugin()] });
    await first.stop();
    await expectHeldBy(handles, 'second', 2);
    await expectEnds(jobs, handles, 'second');
  });
});

test('a worker that still drains when they are due again takes none of them', async () => {
  await withApi(async ({ env, api, createPlugin, startWorker, start }) => {
    const first = await startWorker({ identity: 'first', shutdownGraceTime: '20 seconds' });
    const jobs = jobsOf(api, 12);
    const handles = await Promise.all(jobs.map((job) => start(job, QUICK)));
    await Promise.all(handles.map((handle) => held(handle)));
    const slow = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[1, faults.delay('6 seconds')]] });
    const last = await start(slow, QUICK);
    await eventually(() => expect(api.requests.at(-1)?.jobId).toBe(slow.id));
    await first.stop(); // once that check is answered
    expect(attributesOf(await eventsOf(last), 'activityTaskCompletedEventAttributes')).toHaveLength(1);
    expect(await Promise.all(handles.map(watchOf))).toMatchObject(
      handles.map(() => ({ isStarted: false, attempt: 2, worker: 'first' })),
    );
    const connection = await anotherConnection(env);
    await startWorker({ identity: 'second', connection, plugins: [createPlugin()] });
    await expectHeldBy(handles, 'second', 2);
    await expectEnds(jobs, handles, 'second');
    slow.setStatus('COMPLETED');
    await last.result();
  });
});

test('many watches, by two worker processes that get SIGTERM in turn', async () => {
  await withApi(async (setup) => {
    const { api, start } = setup;
    await using first = new WorkerProcess();
    await using second = new WorkerProcess();
    await using third = new WorkerProcess();
    await first.run(setup, 'first');
    const jobs = jobsOf(api, 30);
    const handles = await Promise.all(jobs.map((job) => start(job, QUICK)));
    await Promise.all(handles.map((handle) => held(handle)));
    await second.run(setup, 'second');
    await first.stop();
    await expectHeldBy(handles, 'second', 2);
    await third.run(setup, 'third');
    await second.stop();
    await expectHeldBy(handles, 'third', 3);
    await expectEnds(jobs, handles, 'third');
  });
});

test('of two workers of one plugin, the one that stops hands back what it holds, and the other goes on watching its own', async () => {
  await withApi(async ({ api, queue, startWorker, start }) => {
    const queues = [`${queue}-a`, `${queue}-b`];
    await startWorker();
    const activities = { workflowBundle: undefined };
    const [first] = [
      await startWorker({ ...activities, taskQueue: queues[0]! }),
      await startWorker({ ...activities, taskQueue: queues[1]! }),
    ];
    const jobs = jobsOf(api, 2);
    const handles = await Promise.all(
      jobs.map((job, index) => start(job, { ...QUICK, activityTaskQueue: queues[index] })),
    );
    await Promise.all(handles.map((handle) => held(handle)));
    await first.stop();
    expect(await Promise.all(handles.map(watchOf))).toMatchObject([
      { isStarted: false, attempt: 2 },
      { isStarted: true, attempt: 1 },
    ]);
    await receives(api, 'getJob', 2);
    expect(api.requests.slice(-2).map(({ jobId }) => jobId)).toEqual([jobs[1]!.id, jobs[1]!.id]);
    jobs[1]!.setStatus('COMPLETED');
    expect((await handles[1]!.result()).wait).toMatchObject({ checks: 2, failures: {} });

    await startWorker({ ...activities, taskQueue: queues[0]!, identity: 'third' });
    await expectHeldBy([handles[0]!], 'third', 2);
    await expectEnds([jobs[0]!], [handles[0]!], 'third');
  });
});
