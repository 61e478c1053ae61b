// A job that nobody in Temporal started, as by a connector's nightly schedule, is waited for from before it is there.
import { expect, test } from 'vitest';
import { checkNow, progress, startAwaitJob } from '../../../src';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { parentOfChild } from '../../support/parents';
import { QUEUE, RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';
const at = async ({ env }: Setup, ms = 0) => new Date((await env.currentTimeMs()) + ms).toISOString();
const HOUR = 3_600_000;

test('the first job created since is the job, when it appears', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    api.addJob({ workflowId, createdAt: await at(setup, -HOUR), timeline: ['COMPLETED'] });
    const createdAfter = await at(setup);
    const handle = await startAwaitJob(env.client, { workflowId, createdAfter }, { taskQueue: QUEUE, ...RARELY });
    expect(handle.workflowId).toBe(`unstructured-workflow-${workflowId}-${createdAfter}`);
    await env.sleep('1 hour');
    expect(await handle.query(progress)).toMatchObject({
      jobId: null,
      status: null,
      awaited: { workflowId, createdAfter },
    });
    const job = api.addJob({ workflowId, timeline: [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']] });
    await env.sleep('20 minutes');
    api.addJob({ workflowId, timeline: ['COMPLETED'] });
    const result = await handle.result();
    expect(result.job.id).toBe(job.id);
    expect(result.outputNodeFiles).toHaveLength(4);
    expect(result.wait.queuedMs).toBeGreaterThanOrEqual(90 * 60_000);
    const lists = api.requests.filter(({ operation }) => operation === 'listJobs');
    expect(lists.every(({ query }) => query['workflow_id'] === workflowId)).toBe(true);
    expect(await handle.query(progress)).toMatchObject({ jobId: job.id, activity: 'ended' });
  });
});

test('a job that is over already is returned at once to a parent', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    const createdAfter = await at(setup);
    const job = api.addJob({ workflowId, createdAt: await at(setup, 1_000), timeline: ['COMPLETED'] });
    const args: Parameters<typeof parentOfChild> = [{ workflowId, createdAfter }, RARELY];
    const result = await env.client.workflow.execute(parentOfChild, { workflowId: 'nightly', taskQueue: QUEUE, args });
    expect(result.job.id).toBe(job.id);
    expect(result.wait.checks).toBe(2);
  });
});

test('a job that does not appear within the queue limit ends the wait', async () => {
  await withWorker(async (setup) => {
    const createdAfter = await at(setup);
    const handle = await startAwaitJob(
      setup.env.client,
      { workflowId, createdAfter },
      { taskQueue: QUEUE, queueLimit: '2 hours' },
    );
    const { details, message } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(details).toMatchObject({ jobId: null, limit: 'queue', lastStatus: null, lastCheck: 'absent' });
    expect(message).toContain(`A job of workflow ${workflowId} created after`);
  });
});

test('an entry that can not be read may be the first job: no later one is taken for it, and the wait shows why', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    const createdAfter = await at(setup);
    const jobs = [1_000, 2_000].map((ms) => ({ createdAt: new Date(Date.parse(createdAfter) + ms).toISOString(), ms }));
    const [first, later] = jobs.map(({ createdAt }) => api.addJob({ workflowId, createdAt, timeline: ['COMPLETED'] }));
    const [unread, read] = [first!, later!].map(({ id }, n) => ({
      id: n === 0 ? null : id,
      status: 'COMPLETED',
      created_at: jobs[n]!.createdAt,
    }));
    api.addFaults([[{ operation: 'listJobs', first: 3 }, faults.status(200, { body: [read, unread] })]]);
    const handle = await startAwaitJob(env.client, { workflowId, createdAfter }, { taskQueue: QUEUE, ...RARELY });
    const { job, wait } = await handle.result();
    expect(job.id).toBe(first!.id);
    expect(wait.failures).toEqual({ UnstructuredResponseError: expect.any(Number) as unknown });
  });
});

test('an entry that can not be read and is later than the first job changes nothing', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    const createdAfter = await at(setup);
    const entry = async (id: string | null, ms: number) => ({
      id,
      status: 'COMPLETED',
      created_at: await at(setup, ms),
    });
    const { id } = api.addJob({ workflowId, createdAt: await at(setup, 60_000), timeline: ['COMPLETED'] });
    const list = [await entry(null, 120_000), await entry(id, 60_000)];
    api.addFaults([[{ operation: 'listJobs' }, faults.status(200, { body: list })]]);
    const handle = await startAwaitJob(env.client, { workflowId, createdAfter }, { taskQueue: QUEUE, ...RARELY });
    const { job, wait } = await handle.result();
    expect(job.id).toBe(id);
    expect(wait.failures).toEqual({});
  });
});

test('an entry that can never be read ends the wait within the budget of outages', async () => {
  await withWorker(async (setup) => {
    setup.api.addFaults([[{ operation: 'listJobs' }, faults.status(200, { body: [null] })]]);
    const input = { workflowId, createdAfter: await at(setup) };
    const options = { taskQueue: QUEUE, ...RARELY, outageBudget: '2 hours' } as const;
    const handle = await startAwaitJob(setup.env.client, input, options);
    const { details } = await failureOf('UnstructuredUnreachableError', handle.result());
    expect(details).toMatchObject({
      jobId: null,
      lastError: { message: expect.stringContaining('1 of the listed jobs could not be read') as unknown },
    });
  });
});

test('trouble with the list is survived, a hint looks at once, and continue-as-new carries it', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    api.addFaults([[{ operation: 'listJobs', from: 2, to: 12 }, faults.status(503)]]);
    const createdAfter = await at(setup);
    const options = { taskQueue: QUEUE, ...RARELY, continueAsNewAfterEvents: 60 };
    const handle = await startAwaitJob(env.client, { workflowId, createdAfter }, options);
    await env.sleep('4 hours');
    const job = api.addJob({ workflowId, timeline: ['COMPLETED'] });
    const signalledAt = await env.currentTimeMs();
    await handle.signal(checkNow);
    const result = await handle.result();
    expect(result.job.id).toBe(job.id);
    expect(result.wait.failures['UnstructuredServerError']).toBeGreaterThan(1);
    expect(result.wait.hints).toBe(1);
    const lookAt = api.requests.filter(({ operation }) => operation === 'listJobs').at(-1)!.at;
    expect(lookAt - signalledAt).toBeLessThan(60_000); // on the fake's clock, where looks are 10 minutes apart
    const { runId } = await env.client.workflow.getHandle(handle.workflowId).describe();
    expect(runId).not.toBe(handle.firstExecutionRunId);
  });
});
