// What fails again and again in a run is logged once, and no attempt of an activity warns: the progress tells the rest.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { logMark, logsSince, warningsSince } from '../../support/logs';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 't' };

test('lists that can not be read after a lost answer', async () => {
  await withRuns(async ({ api, document, run }) => {
    const mark = logMark();
    api.addFaults([
      [{ operation: 'createJob', first: 1 }, faults.reset()],
      [{ operation: 'listJobs', until: '10m' }, faults.status(503)],
      [{ operation: 'listJobs', after: '10m', until: '20m' }, faults.status(401)],
    ]);
    await run({ start, documents: [await document('a.pdf')] });
    expect(sent(api, 'listJobs')).toBeGreaterThan(20);
    // The start itself is no check: it fails as an error.
    const unread = 'The list of jobs could not be read';
    expect(warningsSince(mark)).toEqual(['Activity failed', 'A start of a job was not answered', unread, unread]);
    expect(logsSince(mark).filter(({ message }) => message === 'A list of jobs is read again')).toHaveLength(1);
  });
});

test('starts that are refused again and again', async () => {
  await withRuns(async ({ api, document, run }) => {
    const mark = logMark();
    const { ref } = await document('a.pdf');
    const busy = { operation: 'createJob' } as const;
    api.addFaults([
      [{ ...busy, first: 4 }, faults.notAccepted(), faults.rateLimit()],
      [{ ...busy, from: 5, to: 7 }, faults.notAccepted(), faults.status(409)],
      [{ ...busy, from: 8, to: 9 }, faults.notAccepted(), faults.rateLimit()],
    ]);
    await run({ start, documents: [{ ref }] });
    expect(sent(api, 'createJob')).toBe(10);
    expect(warningsSince(mark)).toEqual([]);
    const refused = logsSince(mark).filter(({ message }) => message.startsWith('A start of a job was refused'));
    expect(refused).toMatchObject([1, 5, 8].map((sends) => ({ level: 'INFO', meta: { sends } })));
  });
});

test('a start that is refused for good fails the activity as an error', async () => {
  await withRuns(async ({ api, document, run }) => {
    const mark = logMark();
    api.addFaults([[{ operation: 'createJob' }, faults.notAccepted(), faults.status(402)]]);
    await failureOf('UnstructuredPaymentRequiredError', run({ start, documents: [await document('a.pdf')] }));
    expect(warningsSince(mark)).toContain('Activity failed');
  });
});

test('outputs that can not be fetched', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    const mark = logMark();
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    api.addFaults([[{ operation: 'downloadJobOutput', first: 6 }, faults.status(503)]]);
    await run({ start, documents: [await document('a.pdf')], outputs: { to } });
    expect(sent(api, 'downloadJobOutput')).toBe(7);
    expect(warningsSince(mark)).toEqual(['Outputs could not be fetched or saved']);
  });
});

test('outputs that can not be fetched, and again after one was', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    const mark = logMark();
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const documents = await Promise.all(['a.pdf', 'b.pdf', 'c.pdf'].map((name) => document(name)));
    const downloads = { operation: 'downloadJobOutput' } as const;
    const unavailable = faults.status(503);
    api.addFaults([
      [{ ...downloads, to: 6 }, unavailable],
      [{ ...downloads, from: 8, to: 11 }, unavailable],
    ]);
    await run({ start, documents, outputs: { to } });
    expect(sent(api, 'downloadJobOutput')).toBe(14); // one looks whether what is saved can be fetched again
    const unsaved = 'Outputs could not be fetched or saved';
    expect(warningsSince(mark)).toEqual([unsaved, unsaved]);
  });
});

test('outputs that are lost fail the activity as an error', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    const mark = logMark();
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    api.addFaults([[{ operation: 'downloadJobOutput' }, faults.status(401)]]);
    const wait = run({ start, documents: [await document('a.pdf')], outputs: { to }, credentialBudget: 0 });
    await failureOf('UnstructuredTransferError', wait);
    expect(warningsSince(mark)).toContain('Activity failed');
  });
});
