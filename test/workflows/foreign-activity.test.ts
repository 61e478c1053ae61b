// Another getJob on the activities' queue, or a mock that answers something else, is a failed check: it never fails the workflow's task.
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { failureOf } from '../support/failure-of';
import { RARELY, useTimeSkipping } from '../support/time-skipping';

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
