// 404 right after a start is tolerated for a grace; after the job was seen, only the API's own "Job not found", said twice, is final.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { eventsOf, lastCheckAfterMs, timersOf } from '../../support/histories';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const NO_SUCH_JOB = { id: '00000000-0000-4000-8000-000000000000' };

test('a job that is not there yet is waited for', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ answers: { earlyNotFound: { first: 3 } } });
    const { wait } = await waitFor(job);
    expect(wait).toMatchObject({ checks: 4, failures: { UnstructuredNotFoundError: 3 } });
  });
});

test('a wrong id fails when the grace is over, and not before', async () => {
  await withWorker(async ({ start }) => {
    const handle = await start(NO_SUCH_JOB, { notFoundGrace: '45 seconds' });
    const { details } = await failureOf('UnstructuredNotFoundError', handle.result());
    expect(details).toMatchObject({ kind: 'notFound', status: 404, jobId: NO_SUCH_JOB.id, detail: 'Job not found' });

    const events = await eventsOf(handle);
    const slept = timersOf(events).reduce((sum, ms) => sum + ms, 0);
    expect(slept).toBeLessThanOrEqual(45_000);
    expect(lastCheckAfterMs(events)).toBeGreaterThanOrEqual(45_000);
  });
});

test('without a grace the first 404 is final', async () => {
  await withWorker(async ({ api, waitFor }) => {
    await failureOf('UnstructuredNotFoundError', waitFor(NO_SUCH_JOB, { notFoundGrace: 0 }));
    expect(api.requests).toHaveLength(1);
  });
});

test("a gateway's 404 after the job was seen is survived", async () => {
  await withWorker(async ({ api, waitFor }) => {
    for (const gatewayNotFoundBody of ['html', 'json'] as const) {
      const answers = { gatewayNotFound: { from: 2, to: 4 }, gatewayNotFoundBody };
      const job = api.addJob({ timeline: [['IN_PROGRESS', '35m'], ['COMPLETED']], answers });
      const { wait } = await waitFor(job, RARELY);
      expect(wait.failures).toEqual({ UnstructuredNotFoundError: 3 });
    }
  });
});

test('"Job not found" after the job was seen is final when said again', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 2 }, faults.status(404)]] });
    const { details } = await failureOf('UnstructuredNotFoundError', waitFor(job, RARELY));
    expect(details).toMatchObject({ status: 404, detail: 'Job not found' });
    expect(job.checks).toBe(3);
  });
});

test('"Job not found" said once is survived', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '15m'], ['COMPLETED']], faults: [[2, faults.status(404)]] });
    const { wait } = await waitFor(job, RARELY);
    expect(wait).toMatchObject({ checks: 3, failures: { UnstructuredNotFoundError: 1 } });
  });
});
