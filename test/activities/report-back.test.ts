// The options of a wait or a start come back with what became of the call, and so stand in the history of the workflow.
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it, test } from 'vitest';
import { createGetJob } from '../../activities';
import { DEFAULT_WAIT_OPTIONS } from '../../src/core/wait/options';
import { faults } from '../../src/testing';
import { perform, withStorage } from './support';
import { quiet } from '../support/logs';

const OPTIONS = { ...DEFAULT_WAIT_OPTIONS, outageBudget: 123_456 };
const CHECK = { held: {}, files: 'all', maxResultBytes: 1e6 } as const;

test('with the answer to a check', async () => {
  const { api, activities } = await withStorage();
  const { id: jobId } = api.addJob();
  const input = { jobId, ...CHECK, options: OPTIONS };
  expect(await perform(activities, 'getJob', input)).toMatchObject({ job: { id: jobId }, options: OPTIONS });
});

test('with its failure, beside what it tells and how long the pause is', async () => {
  const { api, activities } = await withStorage();
  const { id: jobId } = api.addJob({ faults: [[1, faults.rateLimit({ retryAfter: 7 })]] });
  const failed = perform(activities, 'getJob', { jobId, ...CHECK, options: OPTIONS } as never);
  await expect(failed).rejects.toMatchObject({
    type: 'UnstructuredRateLimitError',
    details: [{ kind: 'rateLimit', status: 429 }, { options: OPTIONS }],
    nonRetryable: false,
    nextRetryDelay: expect.closeTo(7_350, -3),
  });
});

test('with the failure of a start, beside the jobs that were there before', async () => {
  const { api, activities } = await withStorage();
  const { id: workflowId } = api.addWorkflow();
  const { id: other } = api.addJob({ workflowId });
  api.addFaults([[{ operation: 'runWorkflow' }, faults.reset()]]);
  const start = { start: { workflowId }, documents: [], maxDocumentBytes: 1, listJobsSince: '2020-01-01T00:00:00Z' };
  const failed = perform(activities, 'unstructured.runWorkflow', { ...start, options: OPTIONS } as never);
  await expect(failed).rejects.toMatchObject({
    details: [{ kind: 'connection' }, { earlierJobIds: [other], options: OPTIONS }],
    nonRetryable: true,
  });
});

it('also from a worker that has getJob alone', async () => {
  const { api } = await withStorage();
  const { id: jobId } = api.addJob();
  const getJob = createGetJob(() => ({ getJob: () => Promise.resolve({ id: jobId } as never) }));
  const answer: unknown = await new MockActivityEnvironment({}, { logger: quiet }).run(getJob, {
    jobId,
    ...CHECK,
    options: OPTIONS,
  });
  expect(answer).toMatchObject({ options: OPTIONS });
});

test('nothing comes back that was not sent', async () => {
  const { api, activities } = await withStorage();
  const { id: jobId } = api.addJob({ faults: [[2, faults.status(503)]] });
  expect(await perform(activities, 'getJob', { jobId, ...CHECK })).not.toHaveProperty('options');
  const failed = perform(activities, 'getJob', { jobId, ...CHECK });
  await expect(failed).rejects.toMatchObject({ details: [{ kind: 'server' }] });
});
