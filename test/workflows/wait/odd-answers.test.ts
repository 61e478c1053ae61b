// An odd answer to the question which documents failed is no answer: it is asked again, for as long as its situation has time.
import { describe, expect, it, test } from 'vitest';
import { type Fault, faults, type Operation } from '../../../src/testing';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const FILES = ['good.pdf', 'locked.pdf'];
const failedFiles = { 'locked.pdf': 'password protected' };
const STATUSES = [400, 401, 403, 404, 409, 418, 422, 425, 429, 503];
const TOLD = { processingStatus: 'COMPLETED_WITH_ERRORS', failedFilesTotal: 1 };

const once = (operation: string, status: number): [object, Fault] => [{ operation, first: 1 }, faults.status(status)];
const always = (operation: string, status: number): [object, Fault] => [{ operation }, faults.status(status)];

describe.each(sample(STATUSES, 2))('%i', (status) => {
  it.each(['getJobDetails', 'getJobFailedFiles'])('once, to %s', async (operation) => {
    await withWorker(async ({ api, waitFor }) => {
      api.addFaults([once(operation, status)]);
      const { documents, documentsError } = await waitFor(api.addJob({ files: FILES, failedFiles }), RARELY);
      expect(documents).toMatchObject(TOLD);
      expect(documentsError).toBeNull();
    });
  });

  it.each(['getJobDetails', 'getJobFailedFiles'])("once, to %s, by the policy 'fail'", async (operation) => {
    await withWorker(async ({ api, waitFor }) => {
      api.addFaults([once(operation, status)]);
      const strict = waitFor(api.addJob({ files: FILES, failedFiles }), { ...RARELY, failedFiles: 'fail' });
      const { details } = await failureOf('UnstructuredJobPartiallyFailedError', strict);
      expect(details.failedFilesTotal).toBe(1);
    });
  });

  it('once, of a job that failed', async () => {
    await withWorker(async ({ api, waitFor }) => {
      api.addFaults([once('getJobFailedFiles', status)]);
      const failed = waitFor(api.addJob({ files: FILES, failedFiles, timeline: ['FAILED'] }), RARELY);
      const { details } = await failureOf('UnstructuredJobFailedError', failed);
      expect(details.failedFilesTotal).toBe(1);
    });
  });

  it('always: the result comes all the same, within the time of the question', async () => {
    await withWorker(async ({ api, waitFor }) => {
      api.addFaults([always('getJobDetails', status)]);
      const { documents, documentsError, wait } = await waitFor(api.addJob({ files: FILES }), RARELY);
      expect(documents).toBeNull();
      expect(documentsError).toContain(`answered ${status}`);
      expect(Date.parse(wait.endedAt) - Date.parse(wait.startedAt)).toBeLessThan(15 * 60_000);
    });
  });
});

test('details that are not there for a minute after the end are waited for', async () => {
  await withWorker(async ({ api, waitFor }) => {
    api.addFaults([[{ operation: 'getJobDetails', until: '1m' }, faults.status(404)]]);
    const { documents } = await waitFor(api.addJob({ files: FILES, failedFiles }), RARELY);
    expect(documents).toMatchObject(TOLD);
  });
});

test.each<[what: string, operation: Operation, body: object, asked: object]>([
  [
    'a deployment without details',
    'getJobDetails',
    { detail: 'Not Found' },
    { getJobDetails: 3, getJobFailedFiles: 0 },
  ],
  [
    'no list of failed files',
    'getJobFailedFiles',
    { detail: 'Job not found' },
    { getJobDetails: 1, getJobFailedFiles: 2 },
  ],
])('%s costs a few calls, and no wait', async (_, operation, body, asked) => {
  await withWorker(async ({ api, waitFor }) => {
    api.addFaults([[{ operation }, faults.status(404, { body })]]);
    const { documentsError, wait } = await waitFor(api.addJob({ files: FILES, failedFiles }), RARELY);
    expect(documentsError).toContain('answered 404');
    const count = (name: string) => api.requests.filter((request) => request.operation === name).length;
    expect({ getJobDetails: count('getJobDetails'), getJobFailedFiles: count('getJobFailedFiles') }).toEqual(asked);
    expect(Date.parse(wait.endedAt) - Date.parse(wait.startedAt)).toBeLessThan(60_000);
  });
});
