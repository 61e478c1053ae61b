import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { waitFromAClient } from './client';
import { readStatus } from './outside-temporal';
import { awaitNightly, contractOrQuarantine, pollInActivityThenAwait, pollThenAwait } from './workflows';

const taskQueue = 'documents';
let env: TestWorkflowEnvironment;
let api: FakeUnstructured;
before(async () => {
  env = await createTestEnvironment();
  api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
});
after(() => Promise.all([api.close(), env.teardown()]));

/** Runs `fn` while a worker runs. @returns the calls of the worker's own activities */
async function withWorker(fn: () => Promise<void>): Promise<string[]> {
  const calls: string[] = [];
  const note = (name: string) => (of: string, text?: string) =>
    Promise.resolve(void calls.push([name, of, text].join(' ').trim()));
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities: { quarantine: note('quarantine'), page: note('page') },
    plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
  });
  await worker.runUntil(fn);
  return calls;
}

test('a contract whose job failed goes to quarantine, and one whose job takes too long calls somebody', async () => {
  const failed = api.addJob({ timeline: [['IN_PROGRESS', '1h'], ['FAILED']] });
  const endless = api.addJob({ timeline: ['IN_PROGRESS'] });
  const calls = await withWorker(async () => {
    const execute = (id: string) =>
      env.client.workflow.execute(contractOrQuarantine, { workflowId: `contract-${id}`, taskQueue, args: [id] });
    assert.deepEqual(await execute(failed.id), []);
    await assert.rejects(execute(endless.id));
  });
  assert.deepEqual(calls, [`quarantine ${failed.id} job ended FAILED`, `page ${endless.id}: run limit at IN_PROGRESS`]);
});

test('a new run of a workflow with the loop waits in a child', async () => {
  await withWorker(async () => {
    for (const workflow of [pollThenAwait, pollInActivityThenAwait]) {
      const { id } = api.addJob({ timeline: [['SCHEDULED', '1h'], ['COMPLETED']] });
      const options = { workflowId: workflow.name, taskQueue, args: [id] as [string] };
      assert.equal(await env.client.workflow.execute(workflow, options), 'COMPLETED');
      assert.equal((await env.client.workflow.getHandle(`unstructured-job-${id}`).describe()).status.name, 'COMPLETED');
    }
  });
});

test('a job that a schedule starts is awaited from before it is there', async () => {
  const before = await env.currentTimeMs();
  const { workflowId } = api.addJob({ createdAt: before + 60_000 });
  await withWorker(async () => {
    const args: [string, string] = [workflowId, new Date(before).toISOString()];
    const options = { workflowId: 'nightly', taskQueue, args };
    assert.equal(await env.client.workflow.execute(awaitNightly, options), 'COMPLETED');
  });
});

test('a client waits, too', async () => {
  const { id, fileIds } = api.addJob({ files: ['a.pdf'], timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] });
  const printed = await captureConsole(() => withWorker(() => waitFromAClient(env.client, id)));
  assert.match(printed, new RegExp(fileIds[0] ?? 'none'));
});

test('the status of a job is told without Temporal', async () => {
  process.env['UNSTRUCTURED_API_URL'] = api.url;
  process.env['UNSTRUCTURED_API_KEY'] = api.apiKey;
  assert.equal(await readStatus(api.addJob().id), 'COMPLETED');
  assert.equal(await readStatus('00000000-0000-4000-8000-000000000000'), 'gone');
});

/** What `fn` prints with `console.log`. */
async function captureConsole(fn: () => Promise<unknown>): Promise<string> {
  const { log } = console;
  const lines: unknown[] = [];
  console.log = (...values: unknown[]) => void lines.push(...values);
  try {
    await fn();
    return JSON.stringify(lines);
  } finally {
    console.log = log;
  }
}
