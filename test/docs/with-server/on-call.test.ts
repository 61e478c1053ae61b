// The commands that the page gives to whoever is on call, run by the real command-line program.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { progress, runProgress, startAwaitJob, startRunJob, UnstructuredPlugin } from '../../../src';
import { FakeUnstructured, faults } from '../../../src/testing';
import { findTestServer } from '../../../src/testing/find-server';
import { testBundle } from '../../support/bundle';
import { collectLogs } from '../../support/logs';
import { readPage } from '../../support/pages';
import { createNamespace } from '../../support/shared-dev-server';

const ON_CALL = readPage('on-call');
const TASK_QUEUE = 'documents';
const { executable: cli } = findTestServer('dev');
let env: TestWorkflowEnvironment;
let namespace: string;

beforeAll(async () => {
  collectLogs();
  env = await createNamespace({ hasSearchAttributes: false });
  namespace = env.client.options.namespace;
});
afterAll(() => env.teardown());

/** Runs the page's command that begins so, with the placeholders filled in. */
async function onCall(begin: string, id: string): Promise<string> {
  const line = ON_CALL.split('\n').find((text) => text.startsWith(`temporal workflow ${begin}`)) ?? '';
  return temporal(
    line
      .replace(/ +#.*/, '')
      .replace('<workflow id>', id)
      .replaceAll('<job id>', id.replace(/^unstructured-job-/, ''))
      .replace('<queue>', TASK_QUEUE),
  );
}

async function temporal(command: string): Promise<string> {
  const words = command.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replace(/^["']|["']$/g, '')) ?? [];
  const place = ['--address', env.address, '--namespace', namespace];
  return (await promisify(execFile)(cli!.path, [...words.slice(1), ...place])).stdout;
}

test.skipIf(!cli)('waits and runs are found, asked and hinted by their ids', async () => {
  await using api = await FakeUnstructured.start({ startedJobs: { timeline: ['IN_PROGRESS'] } });
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const { id: workflowId } = api.addWorkflow();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: testBundle(),
    debugMode: true, // as in dev-server.ts
    plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
  });
  await worker.runUntil(async () => {
    const createdAfter = new Date(Date.now() + 3_600_000).toISOString();
    const waiter = await startAwaitJob(env.client, job.id, { taskQueue: TASK_QUEUE });
    const next = await startAwaitJob(env.client, { workflowId, createdAfter }, { taskQueue: TASK_QUEUE });
    const run = await startRunJob(env.client, { key: 'invoices-1', taskQueue: TASK_QUEUE, start: { workflowId } });
    const ids = [`unstructured-job-${job.id}`, `unstructured-workflow-${workflowId}-${createdAfter}`, 'invoices-1'];
    expect([waiter, next, run].map((handle) => handle.workflowId)).toEqual(ids);

    await expect
      .poll(() => onCall('list', ''), { timeout: 60_000 })
      .toSatisfy((listed: string) => ids.every((id) => listed.includes(id)));
    const [, byJob = ''] = /`(--query "WorkflowId .*?")`/.exec(ON_CALL) ?? [];
    const listed = await temporal(`temporal workflow list ${byJob.replace('<job id>', job.id)}`);
    expect(listed).toContain(ids[0]);
    expect(listed).not.toContain('invoices-1');

    const [, memo = '', list = ''] = /`(unstructured\.jobId)`.*`(temporal workflow list -o json)`/.exec(ON_CALL) ?? [];
    expect(await temporal(`${list} ${byJob.replace('<job id>', job.id)}`)).toContain(`"${memo}": "${job.id}"`);

    expect(await onCall('query', ids[0]!)).toContain(job.id);
    expect(await onCall('query', 'invoices-1')).toContain('phase');
    for (const id of ids) await onCall('signal', id);
    await expect.poll(async () => (await waiter.query(progress)).hints, { timeout: 60_000 }).toBe(1);
    await expect.poll(async () => (await run.query(runProgress)).wait?.hints, { timeout: 60_000 }).toBe(1);
    for (const handle of [waiter, next, run]) await handle.terminate();
  });
});

test.skipIf(!cli)('a wait is described, cancelled and begun again by its id, and tells its failure', async () => {
  await using api = await FakeUnstructured.start();
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: testBundle(),
    debugMode: true, // as in dev-server.ts
    plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
  });
  await worker.runUntil(async () => {
    const { workflowId } = await startAwaitJob(env.client, job.id, { taskQueue: TASK_QUEUE });
    const wait = env.client.workflow.getHandle(workflowId);
    expect(JSON.parse(await onCall('describe', workflowId))).toMatchObject({
      executionConfig: { taskQueue: { name: TASK_QUEUE } },
    });
    const [, pollers = ''] = /`(temporal task-queue describe .*?)`/.exec(ON_CALL) ?? [];
    expect(await temporal(pollers.replace('<queue>', TASK_QUEUE))).toContain('Identity');

    await onCall('cancel', workflowId);
    await expect.poll(async () => (await wait.describe()).status.name, { timeout: 60_000 }).toBe('CANCELLED');
    expect(api.requests.filter(({ method }) => method !== 'GET')).toEqual([]);

    await onCall('start', workflowId);
    await expect.poll(async () => (await wait.query(progress)).status, { timeout: 60_000 }).toBe('IN_PROGRESS');
    await wait.terminate();

    const { id } = api.addJob({ timeline: ['FAILED'] });
    const failed = await startAwaitJob(env.client, id, { taskQueue: TASK_QUEUE });
    await expect(failed.result()).rejects.toThrow();
    expect(await onCall('describe', failed.workflowId)).toContain('UnstructuredJobFailedError');
  });
});

test.skipIf(!cli)('waits are found by their search attributes, once those are registered as it says', async () => {
  const [create = '', ...queries] = ON_CALL.split('\n').filter((line) =>
    /^temporal (operator|workflow list .*Uns)/.test(line),
  );
  expect(queries).toHaveLength(3);
  const registered = async () =>
    Object.keys((await env.connection.operatorService.listSearchAttributes({ namespace })).customAttributes);
  const names = [...create.matchAll(/--name (\w+)/g)].map(([, name]) => name!);
  expect(names.filter((name) => name.startsWith('Unstructured'))).toHaveLength(5);
  expect((await registered()).filter((name) => names.includes(name))).toEqual([]);
  await temporal(create);
  expect(await registered()).toEqual(expect.arrayContaining(names));
  await using api = await FakeUnstructured.start();
  const [good, bad] = [
    api.addJob({ timeline: ['IN_PROGRESS'] }),
    api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 2 }, faults.status(400)]] }),
  ];
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: testBundle(),
    debugMode: true, // as in dev-server.ts
    plugins: [new UnstructuredPlugin({ accounts: { eu: { baseUrl: api.url, apiKey: api.apiKey } } })],
  });
  await worker.runUntil(async () => {
    const options = { taskQueue: TASK_QUEUE, searchAttributes: true, minimumGap: '1 second' as const };
    const healthy = await startAwaitJob(env.client, good.id, { ...options, account: 'eu' });
    const failing = await startAwaitJob(env.client, bad.id, options);
    const answers = [[failing], [healthy], []];
    for (const [index, waits] of answers.entries())
      await expect
        .poll(() => temporal(queries[index]!), { timeout: 60_000 })
        .toSatisfy(
          (listed: string) =>
            [healthy, failing].every((wait) => listed.includes(wait.workflowId) === waits.includes(wait)) &&
            (waits.length === 0 || columnsOf(listed) === columnsOf(/```text\n([\s\S]*?)```/.exec(ON_CALL)?.[1])),
        );
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const old = await temporal(queries[2]!.replace(/'2026[^']*'/, `'${tomorrow}'`));
    for (const wait of [healthy, failing]) {
      expect(old).toContain(wait.workflowId);
      await wait.terminate();
    }
  });
});

/** The heads of a table. */
function columnsOf(text = ''): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').trim().replaceAll(/ +/g, ' ');
}
