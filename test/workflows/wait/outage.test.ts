// An API that cannot be reached for the outage budget ends the wait, with what was seen; one success starts the budget anew.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

test('an outage longer than the budget is UnstructuredUnreachableError with the last error and the counts', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({
      timeline: ['IN_PROGRESS'],
      faults: [
        [{ after: '5m', until: '75m' }, faults.reset()],
        [{ after: '75m' }, faults.status(503)],
      ],
    });
    const wait = waitFor(job, { ...RARELY, outageBudget: '95 minutes' });
    const { details, message } = await failureOf('UnstructuredUnreachableError', wait);

    expect(message).toMatch(/: 11 checks in a row failed, the last with UnstructuredServerError$/);
    expect(details).toMatchObject({
      jobId: job.id,
      lastStatus: 'IN_PROGRESS',
      failedChecks: 11,
      lastError: { type: 'UnstructuredServerError', api: { status: 503, jobId: job.id } },
      wait: { checks: 12, failures: { UnstructuredConnectionError: 7, UnstructuredServerError: 4 } },
    });
    expect(Date.parse(details.wait.endedAt) - Date.parse(details.since)).toBeGreaterThanOrEqual(95 * 60_000);
  });
});

test('fewer than ten failed checks in a row never count as an outage', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']],
      faults: [[{ to: 36 }, faults.status(500)]],
    });
    const { wait } = await waitFor(job, { ...RARELY, outageBudget: '10 minutes' });
    expect(wait).toMatchObject({ checks: 10, failures: { UnstructuredServerError: 9 } });
  });
});

test('a success in between starts the budget anew', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '4h'], ['COMPLETED']],
      faults: [
        [{ after: '5m', until: '95m' }, faults.status(500)],
        [{ after: '110m', until: '200m' }, faults.status(500)],
      ],
    });
    const { wait } = await waitFor(job, { ...RARELY, outageBudget: '100 minutes' });
    expect(wait.failures['UnstructuredServerError']).toBeGreaterThanOrEqual(16);
  });
});
