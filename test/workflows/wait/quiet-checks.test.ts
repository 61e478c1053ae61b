// A wait that fails for long says so once, and not with every attempt: its progress tells the rest.
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { expect, test } from 'vitest';
import { progress } from '../../../src';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { logMark, logsSince, warningsSince } from '../../support/logs';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const GAP = { ...RARELY, minimumGap: '1 minute', maximumGap: '1 minute' } as const;

test('what changes is logged once, and no attempt of a check warns', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '60m'], ['COMPLETED']],
      faults: [
        [{ after: '10m', until: '20m' }, faults.status(503)],
        [{ after: '20m', until: '30m' }, faults.status(401)],
        [{ after: '40m', until: '50m' }, faults.status(503)],
      ],
    });
    const { wait } = await waitFor(job, GAP);
    expect(Object.values(wait.failures).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
    expect(warningsSince(mark)).toEqual(Array(3).fill('A check of the job failed'));
  });
});

test('checks inside a wait fail as BENIGN, and the wait itself does not', async () => {
  await withWorker(async ({ api, env, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ after: '10m' }, faults.status(401)]] });
    const handle = await start(job, { ...GAP, credentialBudget: '20 minutes', account: undefined });
    await env.sleep('15 minutes');
    const { budgetEndsAt, account, failing } = await handle.query(progress);
    expect(account).toBeNull();
    expect(Date.parse(budgetEndsAt.credentials!) - Date.parse(failing!.since)).toBe(20 * 60_000);

    const { cause } = await failureOf('UnstructuredAuthenticationError', handle.result());
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause.category).not.toBe(ApplicationFailureCategory.BENIGN);
    const { events } = await handle.fetchHistory();
    const failed = events?.flatMap(({ activityTaskFailedEventAttributes: attributes }) => attributes ?? []) ?? [];
    expect(failed.length).toBeGreaterThan(10);
    for (const { failure } of failed) expect(failure?.applicationFailureInfo?.category).toBe(1); // BENIGN
  });
});

test('a cancel that is refused again and again is logged when that changes', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    api.addFaults([
      [{ operation: 'cancelJob', to: 4 }, faults.status(503)],
      [{ operation: 'cancelJob', from: 5 }, faults.status(403)],
    ]);
    const job = api.addJob({ timeline: ['IN_PROGRESS'], answers: { cancelEffect: 'nothing' } });
    const wait = waitFor(job, { ...GAP, runLimit: '10 minutes', onLimit: 'cancel', confirmLimit: '8 minutes' });
    const { details } = await failureOf('UnstructuredJobTimeoutError', wait);
    expect(details.cancel!.asks).toBeGreaterThan(6);
    const refused = 'The job could not be cancelled';
    expect(warningsSince(mark)).toEqual([refused, refused, 'Workflow failed']);
  });
});

test('a question about documents that fails for long is logged when that changes', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    api.addFaults([
      [{ operation: 'getJobDetails', until: '1h' }, faults.status(503)],
      [{ operation: 'getJobDetails', after: '1h', until: '2h' }, faults.status(418)],
    ]);
    const { failures } = (await waitFor(api.addJob(), { ...GAP, failedFiles: 'fail' })).wait;
    expect(failures['UnstructuredServerError']).toBeGreaterThan(10);
    expect(failures['UnstructuredRequestError']).toBeGreaterThan(10);
    expect(warningsSince(mark)).toEqual(Array(2).fill('The failed documents of the job could not be read'));
    const told = logsSince(mark).filter(({ message }) => message.startsWith('The question which documents failed'));
    expect(told).toHaveLength(1);
  });
});
