// A wait ends with the job and its output node files, in each of its three forms.
import { expect, test } from 'vitest';
import { startAwaitJob, type AwaitJobOptions } from '../../../src';
import { parentInline, parentOfChild } from '../../support/parents';
import { faults, type TimelineStep } from '../../../src/testing';
import { QUEUE, RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const TIMELINE: TimelineStep[] = [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']];

test('a client gets the files of a job of two hours, and a report of the wait', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ files: ['a.pdf', 'b.pdf'], nodes: 2, timeline: TIMELINE });
    const handle = await startAwaitJob(env.client, job.id, { taskQueue: QUEUE, ...RARELY });
    const result = await handle.result();

    expect(handle.workflowId).toBe(`unstructured-job-${job.id}`);
    expect(result.job).toMatchObject({ id: job.id, status: 'COMPLETED' });
    expect(result.outputNodeFiles).toHaveLength(4);
    expect(result.outputNodeFilesSource).toBe('answer');
    expect(result.wait).toMatchObject({ checks: job.checks, failures: {}, unknownStatuses: {}, hints: 0 });
    expect(result.wait.queuedMs).toBeGreaterThanOrEqual(30 * 60_000);
    expect(result.wait.noticedWithinMs).toBeLessThanOrEqual(11 * 60_000);
  });
});

test('how old the completion can be counts no time after it was noticed', async () => {
  await withWorker(async ({ api, waitFor }) => {
    api.addFaults([[{ operation: 'getJobDetails' }, faults.delay('2s')]]);
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
    const { wait } = await waitFor(job, RARELY);
    // The check that saw it running began with the wait.
    const wholeMs = Date.parse(wait.endedAt) - Date.parse(wait.startedAt);
    expect(wholeMs - wait.noticedWithinMs!).toBeGreaterThan(1_000);
  });
});

test('a parent gets them through a child of the derived id', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ files: ['a.pdf'], nodes: 1, timeline: TIMELINE });
    const options = { workflowId: 'parent', taskQueue: QUEUE, args: [job.id, RARELY] as [string, AwaitJobOptions] };
    const result = await env.client.workflow.execute(parentOfChild, options);
    const child = await env.client.workflow.getHandle(`unstructured-job-${job.id}`).describe();

    expect(result.outputNodeFiles).toHaveLength(1);
    expect(child.status.name).toBe('COMPLETED');
  });
});

test('two inline waits work side by side in one workflow', async () => {
  await withWorker(async ({ env, api }) => {
    const jobs = [api.addJob({ timeline: TIMELINE }), api.addJob({ timeline: [['IN_PROGRESS', '3h'], ['COMPLETED']] })];
    const args: [string[], AwaitJobOptions] = [jobs.map(({ id }) => id), RARELY];
    const results = await env.client.workflow.execute(parentInline, { workflowId: 'inline', taskQueue: QUEUE, args });

    expect(results.map(({ job }) => job.id)).toEqual(args[0]);
    expect(results.map(({ job }) => job.status)).toEqual(['COMPLETED', 'COMPLETED']);
  });
});
