// The commands that the page gives to whoever is on call, run by the real command-line program.
import { execFile } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';
import { expect, test } from 'vitest';
import {
  progress,
  type RunJobsResult,
  runProgress,
  startAwaitJob,
  startRunJob,
  startRunJobs,
  UnstructuredPlugin,
} from '../../../src';
import { faults } from '../../../src/testing';
import { findTestServer } from '../../../src/testing/find-server';
import { batchOf } from '../../dev-server/support/batch';
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

test.skipIf(!cli)(
  'a batch that was terminated is begun again by its key and its input, and goes through',
  async (context) => {
    await withApi(async (setup) => {
      const { api, client } = setup;
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const { folder, to, input } = await batchOf(setup, 2, context.onTestFinished);
      const { url: baseUrl, apiKey } = api;
      const folders = { documents: { folders: [folder] }, outputs: { folders: [folder] } };
      await setup.startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, ...folders })] });
      const batch = await startRunJobs(client, input);
      await expect.poll(() => api.jobs.length, { timeout: 60_000 }).toBe(1);
      await batch.terminate();
      await expect.poll(() => api.jobs[0]?.status(), { timeout: 60_000 }).toBe('STOPPED'); // by its run

      api.setStartedJobs({ timeline: ['COMPLETED'] });
      const shown = JSON.parse(await temporal(setup, `temporal workflow show -w ${input.key} -o json`)) as ShownHistory;
      const [payload] = shown.events[0]?.workflowExecutionStartedEventAttributes.input.payloads ?? [];
      const given = Buffer.from(payload?.data ?? '', 'base64').toString(); // as `@base64d` of jq
      const line = ON_CALL.split('\n').find((text) => text.startsWith('temporal workflow start --type runJobs')) ?? '';
      const filled = line.replace('<queue>', setup.queue).replace('<key>', input.key);
      await temporal(setup, filled.replace('<input of the batch>', given));
      const { counts, manifest } = (await client.workflow.getHandle(input.key).result()) as RunJobsResult;
      expect([counts.ok, counts.jobs, api.jobs.length]).toEqual([2, 1, 2]);
      expect(manifest.location.startsWith(to)).toBe(true);
    });
  },
);

interface ShownHistory {
  events: { workflowExecutionStartedEventAttributes: { input: { payloads: { data: string }[] } } }[];
}

test.skipIf(!cli)('the Schedule of each night is created by the command of its page', async () => {
  await withApi(async (setup) => {
    const [create = ''] = readPage('many-documents').match(/^temporal schedule create .*$/m) ?? [];
    await temporal(setup, create);
    const { action, policies, spec } = await setup.client.schedule.getHandle('nightly').describe();
    expect(action).toMatchObject({ workflowType: 'parseNightly', workflowId: 'nightly', taskQueue: 'documents' });
    expect(action.args).toEqual(['s3://inbox/', 's3://parsed/']);
    expect(policies.overlap).toBe('SKIP');
    expect(spec.calendars?.[0]?.hour).toEqual([expect.objectContaining({ start: 2, end: 2 })]);
    await setup.client.schedule.getHandle('nightly').delete();
  });
});

test.skipIf(!cli)('waits are found by their search attributes, once those are registered as it says', async () => {
  const create = ON_CALL.split('\n').find((line) => line.startsWith('temporal operator')) ?? '';
  const listings = [...ON_CALL.matchAll(/```sh\n(temporal workflow list .*Uns.*)\n```\n\n```text\n([\s\S]*?)```/g)].map(
    ([, query = '', answer = '']) => ({ query, answer: tableOf(answer) }),
  );
  expect(listings).toHaveLength(
    ON_CALL.split('\n').filter((line) => /^temporal workflow list .*Uns/.test(line)).length,
  );
  expect(listings).toHaveLength(4);
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
    api.addFaults([[{ operation: 'runWorkflow' }, faults.rateLimit({ retryAfter: 60 })]]);
    const { id: workflowId } = api.addWorkflow();
    const run = await startRunJob(client, { key: 'invoices-2026-11', ...options, start: { workflowId } });
    const all = [healthy, failing, plain, run];
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const answers = [[failing, run], [healthy], [healthy, failing, run], [plain, run]];
    for (const [index, found] of answers.entries()) {
      const { query, answer } = listings[index]!;
      await expect
        .poll(() => temporal(setup, query.replace(/'2026[^']*'/, `'${tomorrow}'`)), { timeout: 60_000 })
        .toSatisfy(
          (listed: string) =>
            all.every((one) => listed.includes(one.workflowId) === found.includes(one)) &&
            isDeepStrictEqual(tableOf(listed), answer),
        );
    }
    const counts = ON_CALL.split('\n').filter((line) => line.startsWith('temporal workflow count'));
    const counted = await Promise.all(
      counts.map((line) => temporal(setup, line.replace(/'2026[^']*'/, `'${tomorrow}'`))),
    );
    expect(counted.map((line) => line.trim())).toEqual(['Total: 2', 'Total: 0', 'Total: 0']);
    expect(await temporal(setup, listings[2]!.query)).not.toMatch(/unstructured-job|invoices/);
    for (const one of all) await one.terminate();
  });
});

/** The heads of a table, and what its rows are: their statuses and types, each once. */
function tableOf(text: string): { heads: string; rows: string[] } {
  const [heads = '', ...rows] = text
    .split('\n')
    .map((line) => line.replace('<job id>', 'id').trim().split(/\s+/))
    .filter(([first]) => first !== '')
    .map((words, index) => (index === 0 ? words.join(' ') : `${words[0]} ${words[2]}`));
  return { heads, rows: [...new Set(rows)].sort() };
}
