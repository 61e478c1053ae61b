// A wait has a worker watch its job: no check of its own until the status changes, and one call for all jobs of a status.
import { expect, test } from 'vitest';
import { checkNow, type AwaitJobHandle } from '../../../src';
import { GET_JOB, WATCH_JOB } from '../../../src/core/names';
import { faults } from '../../../src/testing';
import { currentDetailsOf } from '../../support/current-details';
import { eventsOf } from '../../support/histories';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { held, QUICK, receives, received, scheduledOf, WATCH, watchStartsOf } from '../support/watching';

const { withWorker } = useDevServer({ watch: WATCH });

/** Of a wait that is watched: its start, a check, a watch for each status before the last, a question about documents, its end. */
const eventsWith = (watches: number) => 4 + 6 + 6 * watches + 6 + 1;

test('a queued job, then a running one, to its end', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['SCHEDULED'] });
    const handle = await start(job, QUICK);
    const queued = await held(handle);
    expect(queued).toMatchObject({ status: 'SCHEDULED', checks: 1, nextCheckAt: null, watch: { tickMs: 1_000 } });
    expect(Date.parse(queued.watch!.since)).toBeGreaterThanOrEqual(Date.parse(queued.lastCheckAt!));
    await receives(api, 'getJob', 2);
    job.setStatus('IN_PROGRESS');
    const running = await eventually(async () => {
      const now = await held(handle);
      expect(now.status).toBe('IN_PROGRESS');
      return now;
    });
    expect(running).toMatchObject({ checks: 2, failures: {} });
    const details = await currentDetailsOf(handle);
    expect(details).toContain('Watched');
    expect(details).toContain(running.watch!.since.slice(11, 19));
    await receives(api, 'getJob', 2);
    job.setStatus('COMPLETED');
    const { wait, outputNodeFiles } = await handle.result();

    expect(wait).toMatchObject({ checks: 3, failures: {}, hints: 0 });
    expect(outputNodeFiles).toHaveLength(4);
    // The rounds of the watch have seen it running since the watch began.
    const sinceWatchMs = Date.parse(wait.endedAt) - Date.parse(running.watch!.since);
    expect(wait.noticedWithinMs).toBeLessThan(sinceWatchMs);
    const events = await eventsOf(handle);
    expect(events.length).toBeLessThanOrEqual(eventsWith(2));
    expect([scheduledOf(events, GET_JOB), scheduledOf(events, WATCH_JOB)].map(({ length }) => length)).toEqual([1, 2]);
    expect(attributesOf(events, 'timerStartedEventAttributes')).toEqual([]);
    expect(watchStartsOf(events)).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
  });
});

test('ten jobs are asked for by one call a round, and by their own once that does not have them as they were', async () => {
  await withWorker(async ({ api, start }) => {
    api.addFaults([[{ operation: 'getJob' }, faults.delay(100)]]); // the list is worth its while
    const jobs = Array.from({ length: 10 }, () => api.addJob({ timeline: ['IN_PROGRESS'] }));
    const handles = await Promise.all(jobs.map((job) => start(job, QUICK)));
    await Promise.all(handles.map((handle) => held(handle)));
    await receives(api, 'listJobs', 1); // those held first may have been asked for one by one
    const before = jobs.map((job) => job.checks);
    await receives(api, 'listJobs', 3);
    expect(jobs.map((job) => job.checks)).toEqual(before);
    expect(api.requests.at(-1)).toMatchObject({ operation: 'listJobs', query: { status: 'IN_PROGRESS' } });

    const [changed, ...others] = jobs;
    changed!.setStatus('COMPLETED');
    const { wait } = await handles[0]!.result();
    expect(wait).toMatchObject({ checks: 2, failures: {} });
    expect(changed!.checks).toBe(before[0]! + 1);
    expect(others.map((job) => job.checks)).toEqual(before.slice(1));
    for (const job of others) job.setStatus('COMPLETED');
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ job }) => job.id)).toEqual(jobs.map(({ id }) => id));
    expect(received(api, 'getJob')).toBe(before.reduce((sum, checks) => sum + checks) + 10);
  });
});

test('a job that fails, and one that is stopped', async () => {
  await withWorker(async ({ api, start }) => {
    const [failing, stopped] = [api.addJob({ timeline: ['IN_PROGRESS'] }), api.addJob({ timeline: ['SCHEDULED'] })];
    const handles = await Promise.all([failing, stopped].map((job) => start(job, QUICK)));
    await Promise.all(handles.map((handle) => held(handle)));
    failing.setStatus('FAILED');
    stopped.setStatus('STOPPED');
    await expect(handles[0]!.result()).rejects.toMatchObject({ cause: { type: 'UnstructuredJobFailedError' } });
    await expect(handles[1]!.result()).rejects.toMatchObject({ cause: { type: 'UnstructuredJobStoppedError' } });
  });
});

test('a hint is answered by one check, after which the job is watched again', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, QUICK);
    await held(handle);
    await handle.signal(checkNow);
    await eventually(async () => expect(await held(handle)).toMatchObject({ checks: 2, hints: 1 }));
    job.setStatus('COMPLETED');
    const { wait } = await handle.result();

    expect(wait).toMatchObject({ checks: 3, hints: 1, failures: {} });
    await expectNoFailedTask(handle);
    const events = await eventsOf(handle);
    expect([scheduledOf(events, GET_JOB), scheduledOf(events, WATCH_JOB)].map(({ length }) => length)).toEqual([2, 2]);
  });
});

async function expectNoFailedTask(handle: AwaitJobHandle): Promise<void> {
  expect(attributesOf(await eventsOf(handle), 'workflowTaskFailedEventAttributes')).toEqual([]);
}
