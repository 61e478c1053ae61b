import { expect, it } from 'vitest';
import * as names from '../../src/core/names';
import { JOB_ID } from './fixtures';

it('keeps the names that programs in other languages use', () => {
  expect(names).toMatchObject({
    AWAIT_JOB_COMPLETION: 'awaitJobCompletion',
    GET_JOB: 'getJob',
    RUN_JOB: 'runJob',
    RUN_JOBS: 'runJobs',
    CHECK_NOW_SIGNAL: 'unstructured.checkNow',
    PROGRESS_QUERY: 'unstructured.progress',
  });
});

it('gives callers of one job one workflow id, however they write the uuid', () => {
  expect(names.waiterWorkflowId(JOB_ID.toUpperCase())).toBe(`unstructured-job-${JOB_ID}`);
});

it('calls a waiter by its job, or by the workflow whose job it awaits', () => {
  expect(names.waiterSummary({ jobId: JOB_ID })).toBe(`Unstructured job ${JOB_ID}`);
  expect(names.waiterSummary({ workflowId: 'w' })).toBe('Next Unstructured job of workflow w');
});
