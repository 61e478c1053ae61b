// Queue, run and total limit are three clocks: each is told apart in the failure, and one check lands on the deadline.
import { expect, test } from 'vitest';
import { failureOf } from '../../support/failure-of';
import { eventsOf, lastCheckAfterMs, timersOf } from '../../support/histories';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const MINUTE = 60_000;

test('the queue limit counts the time that the job is seen SCHEDULED', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['SCHEDULED'] });
    const options = { ...RARELY, queueLimit: '25 minutes', runLimit: '5 minutes', totalLimit: '2 hours' } as const;
    const { details, message } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, options));

    expect(message).toBe(`Job ${job.id} was last seen SCHEDULED when the queue limit of 1500000 ms passed`);
    expect(details).toMatchObject({
      jobId: job.id,
      limit: 'queue',
      limitMs: 25 * MINUTE,
      lastStatus: 'SCHEDULED',
      job: { id: job.id },
      lastCheck: 'answer',
      lastError: null,
      wait: { checks: 4, runningMs: 0 },
    });
    expect(details.wait.queuedMs).toBeGreaterThanOrEqual(25 * MINUTE);
  });
});

test('the run limit leaves out the time in the queue', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['SCHEDULED', '55m'], ['IN_PROGRESS']] });
    const options = { ...RARELY, queueLimit: '2 hours', runLimit: '25 minutes' } as const;
    const { details } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, options));

    expect(details).toMatchObject({ limit: 'run', limitMs: 25 * MINUTE, lastStatus: 'IN_PROGRESS' });
    expect(details.wait.queuedMs).toBeGreaterThanOrEqual(55 * MINUTE);
    expect(details.wait.runningMs).toBeGreaterThanOrEqual(25 * MINUTE);
    expect(details.wait.runningMs).toBeLessThan(26 * MINUTE);
  });
});

test('the total limit counts everything', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['SCHEDULED', '20m'], ['IN_PROGRESS']] });
    const options = { ...RARELY, queueLimit: '1 hour', runLimit: '1 hour', totalLimit: '45 minutes' } as const;
    const { details } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, options));
    expect(details).toMatchObject({ limit: 'total', limitMs: 45 * MINUTE, lastStatus: 'IN_PROGRESS' });
  });
});

test('the last gap is shortened so that one check lands on the deadline', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { ...RARELY, totalLimit: '12 minutes' });
    await failureOf('UnstructuredJobTimeoutError', handle.result());
    const events = await eventsOf(handle);
    const [first, last, ...others] = timersOf(events);
    expect([first, others]).toEqual([10 * MINUTE, []]);
    expect(last).toBeLessThanOrEqual(2 * MINUTE);
    expect(lastCheckAfterMs(events)).toBeGreaterThanOrEqual(12 * MINUTE);
    expect(job.checks).toBe(3);
  });
});

test('a job that is finished by the deadline is returned, not failed', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const result = await waitFor(job, { ...RARELY, totalLimit: '12 minutes', runLimit: '12 minutes' });
    expect(result.job.status).toBe('COMPLETED');
    expect(result.wait.checks).toBe(3);
  });
});

test('a wait with no limit outlives any of them', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['SCHEDULED', '30d'], ['IN_PROGRESS', '30d'], ['COMPLETED']] });
    const result = await waitFor(job, { minimumGap: '10 days' });
    expect(result.wait.queuedMs).toBeGreaterThanOrEqual(30 * 24 * 60 * MINUTE);
    expect(result.wait.runningMs).toBeGreaterThanOrEqual(30 * 24 * 60 * MINUTE);
  });
});
