// A limit fires also where no check can be made, and its failure says so.
import { Worker } from '@temporalio/worker';
import { expect, test, vi } from 'vitest';
import { progress, UnstructuredPlugin } from '../../../src';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { onServer, RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const LIMIT = { ...RARELY, totalLimit: '15 minutes' } as const;

test('a limit fires while the API is down', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ after: '5m' }, faults.status(503)]] });
    const { details, message } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, LIMIT));

    expect(message).toMatch(/last seen IN_PROGRESS when the total limit .* the check at the limit brought no answer$/);
    expect(details).toMatchObject({
      limit: 'total',
      lastStatus: 'IN_PROGRESS',
      lastCheck: 'error',
      lastError: { type: 'UnstructuredServerError', api: { status: 503 } },
      wait: { checks: 3, failures: { UnstructuredServerError: 2 } },
    });
  });
});

test('a limit fires while the API hangs', async () => {
  await withWorker(
    async ({ api, waitFor }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ after: '12m' }, faults.hang()]] });
      const { details } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, LIMIT));
      expect(details).toMatchObject({
        lastCheck: 'error',
        lastError: { type: 'UnstructuredTimeoutError' },
        wait: { checks: 3 },
      });
    },
    { plugin: { timeouts: { total: 300 } } },
  );
});

test('a limit fires where the API was down from the first check on', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ faults: [['always', faults.reset()]] });
    const { details, message } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, LIMIT));
    expect(message).toContain(`Job ${job.id} was never seen`);
    expect(details).toMatchObject({ lastStatus: null, job: null, lastCheck: 'error' });
  });
});

test('without a limit a worker that comes later picks the wait up', async () => {
  await withWorker(async ({ env, api, start }) => {
    const job = api.addJob();
    const handle = await start(job, { activityTaskQueue: 'later' });
    const result = handle.result();
    await vi.waitFor(async () => expect((await handle.query(progress)).activity).toBe('checking'), { timeout: 30_000 });
    expect(job.checks).toBe(0);

    const later = await Worker.create({
      ...onServer(env),
      taskQueue: 'later',
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    expect((await later.runUntil(result)).wait).toMatchObject({ checks: 1, failures: {} });
  });
});
