// Another getJob on the activities' queue, or a mock that answers something else, is a failed check: it never fails the workflow's task.
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { describe, expect, it, test } from 'vitest';
import { createGetJob } from '../../../activities';
import { progress, UnstructuredClient } from '../../../src';
import { atRest } from '../../support/at-rest';
import { failureOf } from '../../support/failure-of';
import { onServer, RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const JOB = { id: '0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52' };
const LIMITED = { ...RARELY, totalLimit: '25 minutes' } as const;

test('an answer that is no job check counts as an unreadable answer', async () => {
  await withWorker(
    async ({ waitFor }) => {
      const { details } = await failureOf('UnstructuredJobTimeoutError', waitFor(JOB, LIMITED));
      expect(details.wait.failures).toEqual({ UnstructuredResponseError: 4 });
      expect(details.lastError?.message).toContain('UnstructuredPlugin');
    },
    { worker: { plugins: [], activities: { getJob: () => Promise.resolve({ ...JOB, status: 'COMPLETED' }) } } },
  );
});

test('a job check may lack the lists, as from Go; one with a list of another shape counts as an unreadable answer', async () => {
  const answers: object[] = [{ outputNodeFiles: { total: 3 } }, { outputNodeFiles: [] }, { inputFileIds: 'a.pdf' }, {}];
  const getJob = () => Promise.resolve({ job: { ...JOB, status: 'COMPLETED' }, ...answers.shift() });
  await withWorker(
    async ({ waitFor }) => {
      const { outputNodeFilesSource, wait } = await waitFor(JOB, {
        ...LIMITED,
        totalLimit: '2 hours',
        failedFiles: 'off',
      });
      expect(outputNodeFilesSource).toBe('none');
      expect(wait.failures).toEqual({ UnstructuredResponseError: 3 });
    },
    { worker: { plugins: [], activities: { getJob } } },
  );
});

describe('what other activities tell of the documents', () => {
  const documents = (details: unknown, list?: unknown) => ({
    getJob: () => Promise.resolve({ job: { ...JOB, status: 'COMPLETED' }, inputFileIds: null, outputNodeFiles: null }),
    'unstructured.getJobDetails': () => Promise.resolve(details),
    'unstructured.getJobFailedFiles': () => Promise.resolve(list),
  });
  const told = { processingStatus: 'COMPLETED_WITH_ERRORS', nodeStats: [] };

  test.each([
    ['no details', documents({ status: 'SUCCESS' }), 'getJobDetails'],
    ['details without nodes', documents({ processingStatus: 'SUCCESS', nodeStats: [null] }), 'getJobDetails'],
    ['no list', documents(told, null), 'getJobFailedFiles'],
    ['a list of another shape', documents(told, { failedFiles: ['a.pdf'], failedFilesTotal: 1 }), 'getJobFailedFiles'],
    ['a list without its total', documents(told, { failedFiles: [] }), 'getJobFailedFiles'],
  ])('%s: the result says so', async (_, activities, name) => {
    await withWorker(
      async ({ waitFor }) => {
        const { documentsError } = await waitFor(JOB, RARELY);
        expect(documentsError).toContain(`UnstructuredResponseError: The activity unstructured.${name} answered`);
      },
      { worker: { plugins: [], activities } },
    );
  });

  test('a list of another shape does not hold up a failure that is known', async () => {
    const failed = () => Promise.resolve({ job: { ...JOB, status: 'FAILED' } });
    await withWorker(
      async ({ waitFor }) => {
        const { details } = await failureOf('UnstructuredJobFailedError', waitFor(JOB, RARELY));
        expect(details.failedFiles).toBeNull();
      },
      { worker: { plugins: [], activities: { ...documents(null, { failedFiles: null }), getJob: failed } } },
    );
  });
});

describe('a worker with getJob alone', () => {
  const withGetJobAlone = (fn: (setup: Setup) => Promise<void>) =>
    withWorker(async (setup) => {
      const { api, env } = setup;
      await using client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
      const alone = await Worker.create({
        ...onServer(env),
        taskQueue: 'alone',
        activities: { getJob: createGetJob(() => client) },
      });
      await alone.runUntil(fn(setup));
    });

  it('returns the result within seconds, and says what is missing', async () => {
    await withGetJobAlone(async ({ api, waitFor }) => {
      const job = api.addJob();
      const { documentsError, wait } = await waitFor(job, { ...RARELY, activityTaskQueue: 'alone' });
      expect(documentsError).toMatch(
        /^UnstructuredValidationError: .*getJobDetails is not registered.*'off' in the wait$/,
      );
      expect(Date.parse(wait.endedAt) - Date.parse(wait.startedAt)).toBeLessThan(30_000);
    });
  });

  test('a worker that has it, as in a roll-out, is found by the next tries', async () => {
    await withWorker(async (setup) => {
      const { api, env, waitFor } = setup;
      await using client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
      let asked = 0;
      const unknown = () => ApplicationFailure.create({ type: 'NotFoundError', message: 'is not registered' });
      const details = { processingStatus: 'SUCCESS', nodeStats: [] };
      const worker = await Worker.create({
        ...onServer(env),
        taskQueue: 'rolling',
        activities: {
          getJob: createGetJob(() => client),
          'unstructured.getJobDetails': () => (++asked < 3 ? Promise.reject(unknown()) : Promise.resolve(details)),
        },
      });
      const wait = waitFor(api.addJob(), { ...RARELY, activityTaskQueue: 'rolling' });
      const { documents, documentsError } = await worker.runUntil(wait);
      expect([documents?.processingStatus, documentsError, asked]).toEqual(['SUCCESS', null, 3]);
    });
  });

  it("with 'fail' ends as that after the credential budget: a roll-out may bring the activity", async () => {
    await withGetJobAlone(async ({ api, env, waitFor, start }) => {
      const options = { minimumGap: '10 minutes', failedFiles: 'fail', activityTaskQueue: 'alone' } as const;
      const { message } = await failureOf('UnstructuredValidationError', waitFor(api.addJob(), options));
      expect(message).toContain('unstructured.getJobDetails is not registered');
      const handle = await start(api.addJob(), options);
      await env.sleep('15 minutes');
      expect((await handle.query(progress)).lastError?.type).toBe('UnstructuredValidationError');
      await atRest(env.client, handle);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });
});

test('a failure of our type without details counts as any other failure', async () => {
  const getJob = () =>
    Promise.reject(ApplicationFailure.create({ type: 'UnstructuredServerError', nonRetryable: true }));
  await withWorker(
    async ({ waitFor }) => {
      const { details } = await failureOf('UnstructuredJobTimeoutError', waitFor(JOB, LIMITED));
      expect(details.wait.failures).toEqual({ UnstructuredServerError: 4 });
    },
    { worker: { plugins: [], activities: { getJob } } },
  );
});
