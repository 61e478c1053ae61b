// Whoever joins a waiter gets the answer that he asked for, never another's.
import { expect, test } from 'vitest';
import {
  type AwaitJobHandle,
  checkNow,
  startAwaitJob,
  type StartAwaitJobOptions,
  UnstructuredPlugin,
} from '../../../src';
import { waiterWorkflowId } from '../../../src/core/names';
import { parentOfChild } from '../../support/parents';
import { OFTEN, SELDOM, useDevServer } from '../../dev-server/support/dev-server';
import { eventually } from '../../dev-server/support/eventually';

const { withWorker } = useDevServer();

const AT_START = [{ nodeId: 'start', fileId: 'at-start.pdf' }];

const OTHERS: Record<string, Partial<StartAwaitJobOptions>[]> = {
  files: [{}, { files: 'final' }, { files: 'none' }],
  failedFiles: [{}, { failedFiles: 'fail' }, { failedFiles: 'off' }],
  knownFiles: [
    {},
    { knownFiles: AT_START },
    { knownFiles: [...AT_START, { nodeId: 'start', fileId: 'b.pdf' }] },
    { knownFiles: [] },
  ],
};

test.concurrent.each(Object.entries(OTHERS))('waits with other %s share no waiter', async (_, waits) => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ files: ['a.pdf'], nodes: 3, timeline: ['IN_PROGRESS'] });
    const handles: AwaitJobHandle[] = [];
    for (const options of waits) handles.push(await start(job, { ...SELDOM, ...options }));
    expect(handles.map(({ joined }) => joined)).toEqual(waits.map(() => false));
    expect(new Set(handles.map(({ workflowId }) => workflowId)).size).toBe(waits.length);

    for (const [index, options] of waits.entries()) {
      const again = await start(job, { ...OFTEN, ...options });
      expect(again).toMatchObject({ joined: true, workflowId: handles[index]?.workflowId });
    }
    for (const { workflowId } of handles) expect(workflowId.startsWith(waiterWorkflowId(job.id))).toBe(true);
  });
});

test.concurrent('each gets what it asked for', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ files: ['a.pdf'], nodes: 3, timeline: ['IN_PROGRESS'] });
    const all = await start(job, SELDOM);
    const final = await start(job, { ...SELDOM, files: 'final' });
    await eventually(() => expect(job.checks).toBe(2));
    job.setStatus('COMPLETED');
    await all.signal(checkNow);
    await final.signal(checkNow);
    const results = [await all.result(), await final.result()];
    expect(results.map(({ outputNodeFiles }) => outputNodeFiles.length)).toEqual([3, 1]);
  });
});

test.concurrent('what is written out is the same as the default', async () => {
  await withWorker(async ({ api, queue, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const first = await start(job, SELDOM);
    const second = await start(job, { files: 'all', failedFiles: 'return', activityTaskQueue: queue });
    expect(second).toMatchObject({ joined: true, workflowId: first.workflowId });
  });
});

test.concurrent('two accounts never share a waiter, be it of a client or a child', async () => {
  await withWorker(async ({ api, client, queue, start, startWorker }) => {
    const account = { baseUrl: api.url, apiKey: api.apiKey };
    await startWorker({
      taskQueue: `${queue}-accounts`,
      plugins: [new UnstructuredPlugin({ accounts: { default: account, eu: account } })],
    });
    const options = { taskQueue: `${queue}-accounts`, ...SELDOM };
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const parent = await client.workflow.start(parentOfChild, {
      workflowId: `parent-${queue}`,
      taskQueue: options.taskQueue,
      args: [job.id, { ...SELDOM, account: 'eu' }],
    });
    await eventually(() => expect(job.checks).toBe(1));

    const eu = await startAwaitJob(client, job.id, { ...options, account: 'eu' });
    expect(eu).toMatchObject({ joined: true, workflowId: waiterWorkflowId(job.id) });
    const other = await startAwaitJob(client, job.id, options);
    expect(other.joined).toBe(false);
    expect(other.workflowId).not.toBe(eu.workflowId);
    // A name says nothing on the queue of other workers.
    const elsewhere = await start(job, SELDOM);
    expect([eu.workflowId, other.workflowId]).not.toContain(elsewhere.workflowId);
    await parent.cancel();
  });
});

test.concurrent('nobody joins a waiter that was started by name, without a note of its options', async () => {
  await withWorker(async ({ api, client, queue, start }) => {
    const job = api.addJob({ files: ['a.pdf'], timeline: ['IN_PROGRESS'] });
    await client.workflow.start('awaitJobCompletion', {
      workflowId: waiterWorkflowId(job.id),
      taskQueue: queue,
      args: [{ jobId: job.id, files: 'none', ...SELDOM }],
    });
    const handle = await start(job, SELDOM);
    expect(handle.joined).toBe(false);
    expect(await start(job)).toMatchObject({ joined: true, workflowId: handle.workflowId });
  });
});

test.concurrent('a joiner is still told after a continue-as-new', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const first = await start(job, { ...OFTEN, files: 'final', continueAsNewAfterEvents: 50 });
    await eventually(async () => expect((await first.describe()).runId).not.toBe(first.firstExecutionRunId));
    expect(await start(job, { files: 'final' })).toMatchObject({ joined: true, workflowId: first.workflowId });
    expect((await start(job)).joined).toBe(false);
  });
});
