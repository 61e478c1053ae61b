// Where nobody watches, though it was offered, the schedule takes over: nothing loops, and the wait ends right.
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { GetJobInput } from '../../../activities';
import { GET_JOB, WATCH_JOB } from '../../../src/core/names';
import { eventsOf } from '../../support/histories';
import { useDevServer, type Setup } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { QUICK, scheduledOf, WATCH, watchStartsOf, withoutWatch } from '../support/watching';

const { withApi } = useDevServer({ watch: WATCH });

/** Activities without the plugin whose checks offer to watch, and what stands there for the watch. */
function offering(setup: Setup, watchJob: Record<string, () => Promise<unknown>>): object {
  const activities = withoutWatch(setup);
  const getJob = async (input: GetJobInput) => ({ ...(await activities.getJob(input)), watch: { tickMs: 1_000 } });
  return { ...activities, getJob, ...watchJob };
}

test.concurrent.for<[string, Record<string, () => Promise<unknown>>]>([
  ['a worker that does not know the activity, as an older one', {}],
  ['a watch that fails at once', { [WATCH_JOB]: () => Promise.reject(ApplicationFailure.nonRetryable('no')) }],
])('%s', async ([, watchJob]) => {
  await withApi(async (setup) => {
    const { api, startWorker, start } = setup;
    await startWorker({ plugins: [], activities: offering(setup, watchJob) });
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 8 }], ['COMPLETED']] });
    const handle = await start(job, { ...QUICK, maximumGap: '1 second' });
    const { wait } = await handle.result();

    expect(wait).toMatchObject({ checks: 9, failures: {} });
    const events = await eventsOf(handle);
    // After a check, then after 1 more, 2 more, and 4 more.
    expect([GET_JOB, WATCH_JOB].map((name) => scheduledOf(events, name).length)).toEqual([9, 4]);
    expect(attributesOf(events, 'timerStartedEventAttributes')).toHaveLength(8);
    expect(attributesOf(events, 'activityTaskStartedEventAttributes').every(({ attempt }) => attempt === 1)).toBe(true);
    expect(attributesOf(events, 'workflowTaskFailedEventAttributes')).toEqual([]);
  });
});

test.concurrent('a watch that fails again and again, retryably, leaves the job to the schedule', async () => {
  await withApi(async (setup) => {
    const { api, startWorker, start } = setup;
    const watchJob = { [WATCH_JOB]: () => Promise.reject(new Error('no codec for this')) };
    await startWorker({ plugins: [], activities: offering(setup, watchJob) });
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
    const handle = await start(job, { ...QUICK, maximumGap: '1 second' });
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 2, failures: {} });
    expect(watchStartsOf(await eventsOf(handle))).toMatchObject([{ attempt: 10 }]);
  });
});

test.concurrent('a watch that answers at once and sees nothing new does not loop', async () => {
  await withApi(async (setup) => {
    const { api, startWorker, start } = setup;
    const answer = { check: null, seenAt: null, watch: { tickMs: 1_000 } };
    await startWorker({ plugins: [], activities: offering(setup, { [WATCH_JOB]: () => Promise.resolve(answer) }) });
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 4 }], ['COMPLETED']] });
    const handle = await start(job, { ...QUICK, maximumGap: '1 second' });
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ failures: { UnstructuredResponseError: 3 } });
    const events = await eventsOf(handle);
    expect([GET_JOB, WATCH_JOB].map((name) => scheduledOf(events, name).length)).toEqual([5, 3]);
  });
});

test.concurrent('a watch that answers something else counts as a failed check, and the wait goes on', async () => {
  await withApi(async (setup) => {
    const { api, startWorker, start } = setup;
    await startWorker({ plugins: [], activities: offering(setup, { [WATCH_JOB]: () => Promise.resolve('yes') }) });
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const handle = await start(job, { ...QUICK, maximumGap: '1 second' });
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 5, failures: { UnstructuredResponseError: 2 } });
    expect(attributesOf(await eventsOf(handle), 'timerStartedEventAttributes')).toHaveLength(2);
  });
});
