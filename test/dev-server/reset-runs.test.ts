// A run that is reset keeps its token, and looks for the job of the run before: it pays for none anew. So does one that was terminated while its
// start was on its way, and reset then, or whose key is begun again.
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { expect, test, type TestContext } from 'vitest';
import { type RunJobHandle, runProgress, startRunJob, UnstructuredPlugin } from '../../src';
import { faults } from '../../src/testing';
import { eventsOf } from '../support/histories';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, type Setup, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

/** A worker, and a document that it may read. */
async function withDocument({ api, startWorker }: Setup, { onTestFinished }: TestContext): Promise<{ ref: string }[]> {
  const folder = await temporaryFolder(onTestFinished);
  const path = join(folder, 'a.pdf');
  await writeFile(path, 'text');
  const { url: baseUrl, apiKey } = api;
  await startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, documents: { folders: [folder] } })] });
  return [{ ref: pathToFileURL(path).href }];
}

/** A start of a run with a document, under the key of the test's own: made again, it takes up what is there. */
async function runOf(setup: Setup, context: TestContext): Promise<() => Promise<RunJobHandle>> {
  const { client, queue } = setup;
  const documents = await withDocument(setup, context);
  return () => startRunJob(client, { key: queue, taskQueue: queue, start: { templateId: 't' }, documents, ...OFTEN });
}

/** Resets the latest run to the end of a workflow task, the first one by default. @returns the new run */
async function reset({ client }: Setup, { workflowId }: { workflowId: string }, task = 0): Promise<WorkflowHandle> {
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const tasks = (await eventsOf(handle)).filter((event) => event.workflowTaskCompletedEventAttributes);
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: tasks.at(task)!.eventId,
  });
  return client.workflow.getHandle(workflowId, answer.runId);
}

const untilStarted = (handle: RunJobHandle) =>
  eventually(async () => expect((await handle.query(runProgress)).wait?.checks).toBeGreaterThan(0));

test.concurrent(
  'a run that is reset to its first task while its job runs, twice, takes the job up',
  async (context) => {
    await withApi(async (setup) => {
      const { api } = setup;
      const begin = await runOf(setup, context);
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const handle = await begin();
      await untilStarted(handle);
      await reset(setup, handle);
      await untilStarted(handle);
      const last = await reset(setup, handle);
      await untilStarted(handle);
      api.jobs[0]!.setStatus('COMPLETED');
      const result = (await last.result()) as Awaited<ReturnType<RunJobHandle['result']>>;
      expect(result).toMatchObject({ start: { how: 'found', sends: 0 }, documents: [{ status: 'ok' }] });
      expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
    });
  },
);

test.concurrent('a run that is reset to a later task goes on as it did', async (context) => {
  await withApi(async (setup) => {
    const { api } = setup;
    const begin = await runOf(setup, context);
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const handle = await begin();
    await untilStarted(handle);
    const last = await reset(setup, handle, -1);
    api.jobs[0]!.setStatus('COMPLETED');
    expect(await last.result()).toMatchObject({ start: { how: 'answered', sends: 1 } });
    expect(api.jobs).toHaveLength(1);
  });
});

test.concurrent(
  'a run that was terminated while its start was on its way, and reset then, finds its job',
  async (context) => {
    await withApi(async (setup) => {
      const { api } = setup;
      const begin = await runOf(setup, context);
      api.addFaults([[{ operation: 'createJob', first: 1 }, faults.delay('2s')]]);
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const handle = await begin();
      await eventually(() => expect(api.jobs).toHaveLength(1));
      await handle.terminate();
      const last = await reset(setup, handle);
      await untilStarted(handle);
      api.jobs[0]!.setStatus('COMPLETED');
      expect(await last.result()).toMatchObject({ start: { how: 'found', sends: 0 }, documents: [{ status: 'ok' }] });
      expect(api.jobs).toHaveLength(1);
    });
  },
);

test.concurrent(
  'a run that was terminated while its start was on its way: the same key finds its job',
  async (context) => {
    await withApi(async (setup) => {
      const { api } = setup;
      const begin = await runOf(setup, context);
      api.addFaults([[{ operation: 'createJob', first: 1 }, faults.delay('2s')]]);
      api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
      const first = await begin();
      await eventually(() => expect(api.jobs).toHaveLength(1));
      await first.terminate();
      const result = await (await begin()).result();
      expect(result).toMatchObject({ start: { how: 'found', sends: 0 }, documents: [{ status: 'ok' }] });
      expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
    });
  },
);

test.concurrent(
  'startJob in a workflow that is reset takes the job up, too, and each start is its own',
  async (context) => {
    await withApi(async (setup) => {
      const { api, client, queue } = setup;
      const documents = await withDocument(setup, context);
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const workflow = { workflowId: queue, taskQueue: queue, args: [documents] };
      await client.workflow.start('startingTwice', workflow);
      await eventually(() => expect(api.jobs).toHaveLength(2));
      const last = await reset(setup, workflow);
      const jobIds = api.jobs.map(({ id }) => id);
      expect(await last.result()).toEqual(jobIds.map((jobId) => ({ jobId, how: 'found' })));
      expect(api.jobs).toHaveLength(2);
    });
  },
);
