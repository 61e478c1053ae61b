// With `searchAttributes` lists find waits, runs and batches by what they tell, from their start on; where the namespace lacks the attributes, they
// go on without.
import { Readable } from 'node:stream';
import type { WorkflowHandle } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { expect, test } from 'vitest';
import {
  progress,
  runProgress,
  startRunJob,
  startRunJobs,
  UnstructuredPlugin,
  UnstructuredStorageError,
} from '../../src';
import { RUN_JOB, RUN_JOBS } from '../../src/core/names';
import type { DocumentSource } from '../../src/storage/source';
import { faults } from '../../src/testing';
import { expectCancelled } from '../support/failure-of';
import { eventsOf } from '../support/histories';
import { logMark, warningsSince } from '../support/logs';
import { readPage } from '../support/pages';
import { batchOf } from './support/batch';
import { OFTEN, SELDOM, useDevServer, type Setup } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';

const { withApi, withWorker } = useDevServer();
const RUNNING = "ExecutionStatus = 'Running'";

async function list({ client, queue }: Setup, query: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `TaskQueue = '${queue}' AND ${query}` }))
    found.push(workflowId);
  return found;
}

/** What the server holds of a workflow, by the short names of the attributes. */
async function attributesOn(handle: Pick<WorkflowHandle, 'describe'>): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  const ours = typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Unstructured'));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name.replace('Unstructured', ''), value]));
}

test('waits are found by health, account, job, status and begin, in each of their runs, and tell only what changed', async () => {
  await withWorker(async (setup) => {
    const { api, start } = setup;
    const good = api.addJob({ timeline: ['IN_PROGRESS'] });
    const bad = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 3 }, faults.status(400)]] });
    const options = { ...OFTEN, searchAttributes: true, account: 'default', continueAsNewAfterEvents: 100 };
    const handles = [await start(good, options), await start(bad, options)];
    const [goodId, badId] = handles.map(({ workflowId }) => workflowId) as [string, string];
    const expectFound = (query: string, ...ids: string[]) =>
      eventually(async () => expect((await list(setup, query)).sort()).toEqual(ids.sort()));
    await expectFound(`${RUNNING} AND UnstructuredHealth IN ('failing', 'refused key', 'no worker')`, badId);
    await expectFound(`${RUNNING} AND UnstructuredAccount = 'default'`, goodId, badId);
    await expectFound(
      `${RUNNING} AND UnstructuredJobId = '${good.id}' AND UnstructuredJobStatus = 'IN_PROGRESS'`,
      goodId,
    );
    const later = new Date(Date.now() + 1_000).toISOString();
    await eventually(async () =>
      expect((await handles[0]!.describe()).runId).not.toBe(handles[0]!.firstExecutionRunId),
    );
    await expectFound(
      `${RUNNING} AND StartTime > '${later}' AND UnstructuredStartedAt < '${later}' AND UnstructuredHealth = 'ok'`,
      goodId,
    );
    const { events } = await setup.client.workflow.getHandle(goodId, handles[0]!.firstExecutionRunId).fetchHistory();
    expect(attributesOf(events ?? [], 'upsertWorkflowSearchAttributesEventAttributes')).toHaveLength(1);
    good.setStatus('COMPLETED');
    await handles[0]!.result();
    await expectFound(`UnstructuredJobId = '${good.id}' AND UnstructuredJobStatus = 'COMPLETED'`, goodId);
    await handles[1]!.terminate();
  });
});

test('a wait whose attributes the namespace lacks says so once, and goes on', async () => {
  await withWorker(async ({ api, client, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const mark = logMark();
    const handle = await start(job, { ...OFTEN, searchAttributes: { health: 'Condition' } });
    await eventually(async () => expect((await handle.query(progress)).checks).toBeGreaterThan(2));
    const error = 'The namespace lacks search attributes: Condition (Keyword)';
    expect(await handle.query(progress)).toMatchObject({ searchAttributesError: error, failures: {} });
    expect(warningsSince(mark)).toEqual(['Search attributes cannot be set']);
    job.setStatus('COMPLETED');
    await handle.result();
    const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    expect(attributesOf(events ?? [], 'workflowTaskFailedEventAttributes')).toEqual([]);
    expect(attributesOf(events ?? [], 'upsertWorkflowSearchAttributesEventAttributes')).toEqual([]);
  });
});

test('a wait without the option tells nothing', async () => {
  await withWorker(async ({ api, client, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const handle = await start(job, SELDOM);
    await handle.result();
    const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    expect(attributesOf(events ?? [], 'upsertWorkflowSearchAttributesEventAttributes')).toEqual([]);
  });
});

test('what no worker has taken yet is found by account and begin', async ({ onTestFinished }) => {
  await withApi(async (setup) => {
    const { api, client, queue: taskQueue, start } = setup;
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const options = { searchAttributes: true, account: 'eu' };
    const { input } = await batchOf(setup, 1, onTestFinished, options);
    const key = `run-${taskQueue}`;
    const handles: [WorkflowHandle, object][] = [
      [await start(job, options), { JobId: job.id }],
      [await startRunJob(client, { key, taskQueue, start: { workflowId: job.id }, ...options }), {}],
      [await startRunJobs(client, input), {}],
    ];
    for (const [handle, more] of handles) {
      const { startTime } = await handle.describe();
      const { StartedAt, ...others } = await attributesOn(handle);
      expect(others).toEqual({ Account: 'eu', Health: 'ok', ...more });
      expect(Math.abs(Number(StartedAt) - Number(startTime))).toBeLessThan(60_000);
      await handle.terminate();
    }
  });
});

test('what uses the default account, with and without its name, is found by the query on the page', async () => {
  const query = /--query "(.*UnstructuredAccount IS NULL.*)"/.exec(readPage('on-call'))?.[1];
  await withWorker(async (setup) => {
    const inputs = [{ searchAttributes: true }, { searchAttributes: true, account: 'default' }, {}];
    const job = () => setup.api.addJob({ timeline: ['IN_PROGRESS'] });
    const handles = await Promise.all(inputs.map((input) => setup.start(job(), { ...SELDOM, ...input })));
    const [unnamed, named, unlisted] = handles.map(({ workflowId }) => workflowId);
    await eventually(async () => expect(await list(setup, RUNNING)).toContain(unlisted));
    await eventually(async () => expect((await list(setup, query!)).sort()).toEqual([unnamed, named].sort()));
    await Promise.all(handles.map((handle) => handle.terminate()));
  });
});

test('an attribute of another type under a name of ours is left alone, and the wait says so', async () => {
  await withWorker(async ({ api, client, start }) => {
    const { namespace } = client.options;
    const searchAttributes: Record<string, number> = { TenantId: 3 }; // an Int
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const options = { ...OFTEN, searchAttributes: { jobId: 'TenantId' } };
    const typedSearchAttributes = [{ key: { name: 'TenantId', type: 'INT' } as const, value: 7 }];
    // The server learns of it in a moment.
    const handle = await eventually(() => start(job, { ...options, workflow: { typedSearchAttributes } }));
    await handle.result();
    const { searchAttributesError } = await handle.query(progress);
    // What the server has is known for a minute, so it may not be told yet that it is an Int.
    expect(searchAttributesError).toContain('The namespace lacks search attributes: TenantId (Keyword');
    const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    expect(attributesOf(events ?? [], 'workflowTaskFailedEventAttributes')).toEqual([]);
  });
});

test('an attribute of ours that the caller gives counts, and keeps no wait from starting', async () => {
  await withApi(async ({ api, start }) => {
    const key = { name: 'UnstructuredAccount', type: 'KEYWORD' } as const;
    const workflow = { typedSearchAttributes: [{ key, value: 'mine' }] };
    const handle = await start(api.addJob(), { searchAttributes: true, account: 'eu', workflow });
    expect(await attributesOn(handle)).toMatchObject({ Account: 'mine', Health: 'ok' });
    await handle.terminate();
  });
});

test("a caller's own search attributes stay", async () => {
  await withApi(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const key = { name: 'UnstructuredJobStatus', type: 'KEYWORD' } as const; // registered, and unknown at the start
    for (const typedSearchAttributes of [
      [{ key, value: 'mine' }],
      new TypedSearchAttributes([{ key, value: 'mine' }]),
    ]) {
      const handle = await start(job, { searchAttributes: true, account: 'eu', workflow: { typedSearchAttributes } });
      expect(await attributesOn(handle)).toMatchObject({ Account: 'eu', JobStatus: 'mine', Health: 'ok' });
      await handle.terminate();
    }
  });
});

test.for([
  ['a client', true],
  ['a program that knows nothing of them', false],
] as const)('a run that %s started is found by how its start is, before it has a job', async ([, isListed]) => {
  await withApi(async ({ api, client, queue: taskQueue, startWorker }) => {
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const { url: baseUrl, apiKey } = api;
    let isRefused = true;
    const open: DocumentSource['open'] = () =>
      isRefused
        ? Promise.reject(new UnstructuredStorageError('expired', { kind: 'credential' }))
        : Promise.resolve({ bytes: 1, stream: () => Readable.from([Buffer.from('x')]) });
    const documents = { sources: { mem: { open } } };
    await startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, documents, watch: false })] });
    const input = { start: { templateId: 't' }, documents: [{ ref: 'mem:a.pdf' }], ...SELDOM, searchAttributes: true };
    const key = `run-${taskQueue}`;
    const handle: WorkflowHandle = isListed
      ? await startRunJob(client, { key, taskQueue, ...input })
      : await client.workflow.start(RUN_JOB, { workflowId: key, taskQueue, args: [input] });
    await eventually(async () => expect(await attributesOn(handle)).toMatchObject({ Health: 'refused key' }));
    const { StartedAt } = await attributesOn(handle);
    expect(StartedAt).toBeInstanceOf(Date);
    isRefused = false;
    await eventually(async () =>
      expect(await attributesOn(handle)).toEqual({
        Health: 'ok',
        JobId: api.jobs[0]?.id,
        JobStatus: 'IN_PROGRESS',
        StartedAt,
      }),
    );
    const events = await eventsOf(handle);
    expect(attributesOf(events, 'upsertWorkflowSearchAttributesEventAttributes')).toHaveLength(2);
    expect(attributesOf(events, 'workflowTaskFailedEventAttributes')).toEqual([]);
    await handle.cancel();
    await expectCancelled(handle.result());
  });
});

test('a run whose attributes the namespace lacks is started without, and says so once', async () => {
  await withWorker(async ({ api, client, queue: taskQueue }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const { id: workflowId } = api.addWorkflow();
    const mark = logMark();
    const searchAttributes = { health: 'Condition' };
    const handle = await startRunJob(client, {
      key: `run-${taskQueue}`,
      taskQueue,
      start: { workflowId },
      searchAttributes,
    });
    expect((await handle.result()).job.status).toBe('COMPLETED');
    const searchAttributesError = 'The namespace lacks search attributes: Condition (Keyword)';
    expect(await handle.query(runProgress)).toMatchObject({ wait: { searchAttributesError } });
    expect(warningsSince(mark)).toEqual(['Search attributes cannot be set']);
    const events = await eventsOf(handle);
    expect(attributesOf(events, 'workflowTaskFailedEventAttributes')).toEqual([]);
    expect(await attributesOn(handle)).toEqual({});
  });
});

test('a batch tells how it is, and starts its jobs with what is known of them', async ({ onTestFinished }) => {
  await withApi(async (setup) => {
    const { api, client, startWorker } = setup;
    const { url: baseUrl, apiKey } = api;
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const { folder, input } = await batchOf(setup, 2, onTestFinished, {
      searchAttributes: true,
      perJob: 1,
      account: 'eu',
    });
    const places = { documents: { folders: [folder] }, outputs: { folders: [folder] } };
    await startWorker({ plugins: [new UnstructuredPlugin({ accounts: { eu: { baseUrl, apiKey } }, ...places })] });
    const { key, taskQueue, ...byName } = input;
    for (const [start, upserts] of [
      [() => startRunJobs(client, input), 0],
      [() => client.workflow.start(RUN_JOBS, { workflowId: `${key}-2`, taskQueue, args: [byName] }), 1],
    ] as const) {
      const batch: WorkflowHandle = await start();
      await batch.result();
      const told = await attributesOn(batch);
      expect(told).toEqual({ Account: 'eu', Health: 'ok', StartedAt: expect.any(Date) as unknown });
      const events = await eventsOf(batch);
      expect(attributesOf(events, 'upsertWorkflowSearchAttributesEventAttributes')).toHaveLength(upserts);
      expect(attributesOf(events, 'workflowTaskFailedEventAttributes')).toEqual([]);
      const job = client.workflow.getHandle(`${batch.workflowId}/1`);
      const [started] = attributesOf(await eventsOf(job), 'workflowExecutionStartedEventAttributes');
      expect(Object.keys(started?.searchAttributes?.indexedFields ?? {}).sort()).toEqual([
        'UnstructuredAccount',
        'UnstructuredHealth',
        'UnstructuredStartedAt',
      ]);
      expect(await attributesOn(job)).toMatchObject({ Account: 'eu', Health: 'ok', JobStatus: 'COMPLETED' });
    }
  });
});

test('jobs of a batch whose attributes the namespace lacks run without', async ({ onTestFinished }) => {
  await withApi(async (setup) => {
    const { api, client, startWorker } = setup;
    const { url: baseUrl, apiKey } = api;
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const { folder, input } = await batchOf(setup, 1, onTestFinished, { searchAttributes: { status: 'Condition' } });
    const places = { documents: { folders: [folder] }, outputs: { folders: [folder] } };
    await startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, ...places })] });
    const batch = await startRunJobs(client, input);
    await batch.result();
    for (const handle of [batch, client.workflow.getHandle(`${input.key}/1`)]) {
      expect(attributesOf(await eventsOf(handle), 'workflowTaskFailedEventAttributes')).toEqual([]);
      expect(await attributesOn(handle)).toEqual({});
    }
  });
});
