// A status that this version does not know is waited out, counted and shown, and never taken for an answer.
import { expect, test } from 'vitest';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

test('the wait goes on through unknown statuses and counts each', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '5m'], ['PAUSED', { checks: 2 }], ['constructor', { checks: 1 }], ['COMPLETED']],
    });
    const { wait, job: last } = await waitFor(job, RARELY);
    expect(last.status).toBe('COMPLETED');
    expect(wait).toMatchObject({ checks: 5, unknownStatuses: { PAUSED: 2, constructor: 1 }, failures: {} });
  });
});

test('nothing but unknown statuses for the budget is a failure that names them', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['PAUSED', { checks: 4 }], ['ARCHIVED']] });
    const wait = waitFor(job, { ...RARELY, unknownStatusBudget: '2 hours' });
    const { details, message } = await failureOf('UnstructuredJobTimeoutError', wait);

    expect(message).toContain('(unknown statuses: PAUSED, ARCHIVED)');
    expect(details).toMatchObject({ limit: 'unknownStatus', limitMs: 2 * 3_600_000, lastStatus: 'ARCHIVED' });
    expect(details.wait.unknownStatuses).toEqual({ PAUSED: 4, ARCHIVED: details.wait.checks - 4 });
  });
});

test('one known status in between starts the budget anew', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({
      timeline: [['PAUSED', { checks: 9 }], ['IN_PROGRESS', { checks: 1 }], ['PAUSED', { checks: 9 }], ['COMPLETED']],
    });
    const { wait } = await waitFor(job, { ...RARELY, unknownStatusBudget: '1 hour' });
    expect(wait.unknownStatuses).toEqual({ PAUSED: 18 });
  });
});

test('the total limit counts through them', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['PAUSED'] });
    const wait = waitFor(job, { ...RARELY, runLimit: '5 minutes', totalLimit: '25 minutes' });
    const { details } = await failureOf('UnstructuredJobTimeoutError', wait);
    expect(details).toMatchObject({ limit: 'total', lastStatus: 'PAUSED' });
  });
});
