// Each form of a wait has its job watched.
import { pathToFileURL } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { runProgress, startAwaitJob, startRunJob, UnstructuredPlugin } from '../../../src';
import { GET_JOB, waiterWorkflowId, WATCH_JOB } from '../../../src/core/names';
import { eventsOf } from '../../support/histories';
import { parentInline, parentOfChild } from '../../support/parents';
import { temporaryFolder } from '../../testing/temporary-folder';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { held, QUICK, scheduledOf, WATCH, watchOf } from '../support/watching';

const { withApi, withWorker } = useDevServer({ watch: WATCH });

/** How many checks and how many watches a workflow scheduled, and that it slept for none. */
async function expectWatched(handle: Pick<WorkflowHandle, 'fetchHistory'>, checks: number, watches: number) {
  const events = await eventsOf(handle);
  expect([GET_JOB, WATCH_JOB].map((name) => scheduledOf(events, name).length)).toEqual([checks, watches]);
  expect(attributesOf(events, 'timerStartedEventAttributes')).toEqual([]);
}

test('a wait for a job that appears later', async () => {
  await withWorker(async ({ api, client, queue }) => {
    const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';
    const createdAfter = new Date().toISOString();
    const handle = await startAwaitJob(client, { workflowId, createdAfter }, { taskQueue: queue, ...QUICK });
    await eventually(() => expect(api.requests.map(({ operation }) => operation)).toContain('listJobs'));
    const job = api.addJob({ workflowId, timeline: ['IN_PROGRESS'] });
    expect(await held(handle)).toMatchObject({ jobId: job.id, status: 'IN_PROGRESS' });
    job.setStatus('COMPLETED');
    expect(await handle.result()).toMatchObject({ job: { id: job.id, status: 'COMPLETED' }, wait: { failures: {} } });
    expect(scheduledOf(await eventsOf(handle), GET_JOB)).toHaveLength(1);
  });
});

test('two inline waits in one workflow', async () => {
  await withWorker(async ({ api, client, queue }) => {
    const jobs = [api.addJob({ timeline: ['IN_PROGRESS'] }), api.addJob({ timeline: ['SCHEDULED'] })];
    const args: Parameters<typeof parentInline> = [jobs.map(({ id }) => id), QUICK];
    const handle = await client.workflow.start(parentInline, { workflowId: 'inline', taskQueue: queue, args });
    await eventually(async () => expect(scheduledOf(await eventsOf(handle), WATCH_JOB)).toHaveLength(2));
    for (const job of jobs) job.setStatus('COMPLETED');
    const results = await handle.result();
    expect(results.map(({ wait }) => wait)).toMatchObject([{ checks: 2 }, { checks: 2 }]);
    await expectWatched(handle, 2, 2);
  });
});

test("a second parent's wait for the same job", async () => {
  await withWorker(async ({ api, client, queue }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const parent = (workflowId: string) =>
      client.workflow.start(parentOfChild, { workflowId, taskQueue: queue, args: [job.id, QUICK] });
    const parents = [await parent('watched-1')];
    const children = [client.workflow.getHandle(waiterWorkflowId(job.id))];
    await eventually(() => held(children[0]!));
    parents.push(await parent('watched-2'));
    children.push(client.workflow.getHandle(`${waiterWorkflowId(job.id)}/watched-2`));
    await eventually(() => held(children[1]!));
    job.setStatus('COMPLETED');
    for (const handle of parents) expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
    for (const child of children) await expectWatched(child, 1, 1);
  });
});

test('a run', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.pdf'), 'text');
  const to = pathToFileURL(folder).href;
  await withApi(async ({ api, client, queue, startWorker }) => {
    api.setStartedJobs({ timeline: ['SCHEDULED'] });
    const [documents, outputs] = [{ folders: [folder] }, { folders: [folder] }];
    const { url: baseUrl, apiKey } = api;
    await startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, documents, outputs, watch: WATCH })] });
    const input = { start: { templateId: 't' }, documents: [{ ref: `${to}/a.pdf` }], outputs: { to } };
    const handle = await startRunJob(client, { ...input, ...QUICK, taskQueue: queue, key: `run-${queue}` });
    await eventually(async () => expect(await watchOf(handle)).toMatchObject({ isStarted: true }));
    expect(await handle.query(runProgress)).toMatchObject({
      wait: { activity: 'watching', watch: { tickMs: 1_000 } },
    });
    api.jobs[0]!.setStatus('COMPLETED');
    expect(await handle.result()).toMatchObject({ job: { status: 'COMPLETED' }, documents: [{ status: 'ok' }] });
    // The answer to the start stands for the first check; the one after it is offered the watch.
    const events = await eventsOf(handle);
    expect([GET_JOB, WATCH_JOB].map((name) => scheduledOf(events, name).length)).toEqual([1, 1]);
  });
});
