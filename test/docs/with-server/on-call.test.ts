// The commands that the page gives to whoever is on call, run by the real command-line program.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { progress, runProgress, startAwaitJob, startRunJob, UnstructuredPlugin } from '../../../src';
import { faults } from '../../../src/testing';
import { findTestServer } from '../../../src/testing/find-server';
import { type Setup, useDevServer } from '../../dev-server/support/dev-server';
import { readPage } from '../../support/pages';

const ON_CALL = readPage('on-call');
const { executable: cli } = findTestServer('dev');
const { withApi } = useDevServer({ hasSearchAttributes: false, watch: {} });

/** Runs the page's command that begins so, with the placeholders filled in. */
async function onCall(setup: Setup, begin: string, id: string): Promise<string> {
  const line = ON_CALL.split('\n').find((text) => text.startsWith(`temporal workflow ${begin}`)) ?? '';
  return temporal(
    setup,
    line
      .replace(/ +#.*/, '')
      .replace('<workflow id>', id)
      .replaceAll('<job id>', id.replace(/^unstructured-job-/, ''))
      .replace('<queue>', setup.queue),
  );
}

async function temporal({ env, client }: Setup, command: string): Promise<string> {
  const words = command.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replace(/^["']|["']$/g, '')) ?? [];
  const place = ['--address', env.address, '--namespace', client.options.namespace];
  return (await promisify(execFile)(cli!.path, [...words.slice(1), ...place])).stdout;
}

test.skipIf(!cli)('waits and runs are found, asked and hinted by their ids', async () => {
  await withApi(async (setup) => {
    const { api, client, queue: taskQueue, startWorker } = setup;
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const { id: workflowId } = api.addWorkflow();
    await startWorker();
    const createdAfter = new Date(Date.now() + 3_600_000).toISOString();
    const waiter = await startAwaitJob(client, job.id, { taskQueue });
    const next = await startAwaitJob(client, { workflowId, createdAfter }, { taskQueue });
    const run = await startRunJob(client, { key: 'invoices-1', taskQueue, start: { workflowId } });
    const ids = [`unstructured-job-${job.id}`, `unstructured-workflow-${workflowId}-${createdAfter}`, 'invoices-1'];
    expect([waiter, next, run].map((handle) => handle.workflowId)).toEqual(ids);

    await expect
      .poll(() => onCall(setup, 'list', ''), { timeout: 60_000 })
      .toSatisfy((listed: string) => ids.every((id) => listed.includes(id)));
    const [, byJob = ''] = /`(--query "WorkflowId .*?")`/.exec(ON_CALL) ?? [];
    const listed = await temporal(setup, `temporal workflow list ${byJob.replace('<job id>', job.id)}`);
    expect(listed).toContain(ids[0]);
    expect(listed).not.toContain('invoices-1');

    const [, memo = '', list = ''] = /`(unstructured\.jobId)`.*`(temporal workflow list -o json)`/.exec(ON_CALL) ?? [];
    expect(await temporal(setup, `${list} ${byJob.replace('<job id>', job.id)}`)).toContain(`"${memo}": "${job.id}"`);

    expect(await onCall(setup, 'query', ids[0]!)).toContain(job.id);
    expect(await onCall(setup, 'query', 'invoices-1')).toContain('phase');
    for (const id of ids) await onCall(setup, 'signal', id);
    await expect.poll(async () => (await waiter.query(progress)).hints, { timeout: 60_000 }).toBe(1);
    await expect.poll(async () => (await run.query(runProgress)).wait?.hints, { timeout: 60_000 }).toBe(1);
    for (const handle of [waiter, next, run]) await handle.terminate();
  });
});

test.skipIf(!cli)('a wait is described, cancelled and begun again by its id, and tells its failure', async () => {
  await withApi(async (setup) => {
    const { api, client, queue: taskQueue, startWorker } = setup;
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    await startWorker();
    const { workflowId } = await startAwaitJob(client, job.id, { taskQueue });
    const wait = client.workflow.getHandle(workflowId);
    expect(JSON.parse(await onCall(setup, 'describe', workflowId))).toMatchObject({
      executionConfig: { taskQueue: { name: taskQueue } },
    });
    const [, pollers = ''] = /`(temporal task-queue describe .*?)`/.exec(ON_CALL) ?? [];
    expect(await temporal(setup, pollers.replace('<queue>', taskQueue))).toContain('Identity');

    await onCall(setup, 'cancel', workflowId);
    await expect.poll(async () => (await wait.describe()).status.name, { timeout: 60_000 }).toBe('CANCELLED');
    expect(api.requests.filter(({ method }) => method !== 'GET')).toEqual([]);

    await onCall(setup, 'start', workflowId);
    await expect.poll(async () => (await wait.query(progress)).status, { timeout: 60_000 }).toBe('IN_PROGRESS');
    await wait.terminate();

    const { id } = api.addJob({ timeline: ['FAILED'] });
    const failed = await startAwaitJob(client, id, { taskQueue });
    await expect(failed.result()).rejects.toThrow();
    expect(await onCall(setup, 'describe', failed.workflowId)).toContain('UnstructuredJobFailedError');
  });
});

test.skipIf(!cli)('waits are found by their search attributes, once those are registered as it says', async () => {
  const [create = '', ...queries] = ON_CALL.split('\n').filter((line) =>
    /^temporal (operator|workflow list .*Uns)/.test(line),
  );
  expect(queries).toHaveLength(4);
  await withApi(async (setup) => {
    const { env, api, client, queue: taskQueue, startWorker } = setup;
    const { namespace } = client.options;
    const registered = async () =>
      Object.keys((await env.connection.operatorService.listSearchAttributes({ namespace })).customAttributes);
    const names = [...create.matchAll(/--name (\w+)/g)].map(([, name]) => name!);
    expect(names.filter((name) => name.startsWith('Unstructured'))).toHaveLength(5);
    expect((await registered()).filter((name) => names.includes(name))).toEqual([]);
    await temporal(setup, create);
    expect(await registered()).toEqual(expect.arrayContaining(names));
    const [good, bad] = [
      api.addJob({ timeline: ['IN_PROGRESS'] }),
      api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 2 }, faults.status(400)]] }),
    ];
    const { url: baseUrl, apiKey } = api;
    await startWorker({ plugins: [new UnstructuredPlugin({ accounts: { eu: { baseUrl, apiKey } } })] });
    const options = { taskQueue, searchAttributes: true, minimumGap: '1 second' as const };
    const healthy = await startAwaitJob(client, good.id, { ...options, account: 'eu' });
    const failing = await startAwaitJob(client, bad.id, options);
    const other = api.addJob({ timeline: ['IN_PROGRESS'] });
    const plain = await startAwaitJob(client, other.id, { taskQueue });
    const answers = [[failing], [healthy], [], [plain]];
    for (const [index, waits] of answers.entries())
      await expect
        .poll(() => temporal(setup, queries[index]!), { timeout: 60_000 })
        .toSatisfy(
          (listed: string) =>
            [healthy, failing, plain].every((wait) => listed.includes(wait.workflowId) === waits.includes(wait)) &&
            (waits.length === 0 || columnsOf(listed) === columnsOf(/```text\n([\s\S]*?)```/.exec(ON_CALL)?.[1])),
        );
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const old = await temporal(setup, queries[2]!.replace(/'2026[^']*'/, `'${tomorrow}'`));
    await plain.terminate();
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
