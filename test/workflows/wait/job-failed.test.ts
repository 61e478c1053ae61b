// A job that ends FAILED or STOPPED is a typed failure that carries the job, in every form of the wait.
import { WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { parentOfChild, parentThatReadsFailure } from '../../support/parents';
import { QUEUE, RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const FAILED: TimelineStep[] = [['IN_PROGRESS', '15m'], ['FAILED']];

test('FAILED is UnstructuredJobFailedError with the job and its files', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: ['a.pdf'], nodes: 2, timeline: FAILED });
    const { details, message } = await failureOf('UnstructuredJobFailedError', waitFor(job, RARELY));

    expect(message).toBe(`Job ${job.id} ended FAILED`);
    expect(details).toMatchObject({
      jobId: job.id,
      job: { id: job.id, status: 'FAILED', workflowId: job.workflowId },
      outputNodeFilesTotal: 2,
      wait: { checks: 3, failures: {} },
    });
    expect(details.outputNodeFiles.map(({ fileId }) => fileId)).toEqual([job.fileIds[0], job.fileIds[0]]);
  });
});

test('STOPPED is UnstructuredJobStoppedError', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['STOPPED'] });
    const { details } = await failureOf('UnstructuredJobStoppedError', waitFor(job));
    expect(details).toMatchObject({ jobId: job.id, job: { status: 'STOPPED' }, wait: { checks: 1 } });
  });
});

test('a long list of files is cut in the failure, with the total beside it', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const many = await failureOf(
      'UnstructuredJobFailedError',
      waitFor(api.addJob({ files: 500, nodes: 1, timeline: ['FAILED'] })),
    );
    expect(many.details.outputNodeFiles).toHaveLength(100);
    expect(many.details.outputNodeFilesTotal).toBe(500);

    const longNames = Array.from({ length: 90 }, (_, index) => `${'"'.repeat(230)}-${index}.pdf`);
    const long = await failureOf(
      'UnstructuredJobFailedError',
      waitFor(api.addJob({ files: longNames, nodes: 1, timeline: ['FAILED'] })),
    );
    expect(JSON.stringify(long.details.outputNodeFiles).length).toBeLessThanOrEqual(32 * 1_024);
    expect(long.details.outputNodeFilesTotal).toBe(90);
  });
});

test('a parent reads the failure through its child, and inline', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ timeline: FAILED });
    for (const form of ['child', 'inline'] as const) {
      const args = [form, job.id, RARELY] as Parameters<typeof parentThatReadsFailure>;
      const options = { workflowId: `reads-${form}`, taskQueue: QUEUE, args };
      const read = await env.client.workflow.execute(parentThatReadsFailure, options);
      expect(read).toEqual({ type: 'UnstructuredJobFailedError', jobId: job.id, status: 'FAILED' });
    }
  });
});

test('a client reads it through a parent that lets it pass', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ timeline: FAILED });
    const options = { workflowId: 'passes', taskQueue: QUEUE, args: [job.id, RARELY] as [string, typeof RARELY] };
    const parent = env.client.workflow.execute(parentOfChild, options);
    const { details, cause } = await failureOf('UnstructuredJobFailedError', parent);

    expect(details.jobId).toBe(job.id);
    expect(cause.nonRetryable).toBe(true);
    await expect(parent).rejects.toBeInstanceOf(WorkflowFailedError);
  });
});
