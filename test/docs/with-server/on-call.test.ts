// The commands that the page gives to whoever is on call, run by the real command-line program.
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import {
  type AwaitJobResult,
  progress,
  type RunJobResult,
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
import { testBundle } from '../../support/bundle';
import { codeBlocks, readPage } from '../../support/pages';
import { parentOfChild, pollThenAwait } from '../../support/parents';
import { temporaryFolder } from '../../testing/temporary-folder';

const ON_CALL = readPage('on-call');
const { executable: cli } = findTestServer('dev');
const hasJq = spawnSync('jq', ['--version']).status === 0;
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

/** Runs the script of a page that contains `part`, with texts in it replaced, in a folder. @returns what it prints */
async function script(
  { env, client }: Setup,
  cwd: string,
  [page, part]: [page: string, part: string],
  replaced: Record<string, string>,
): Promise<string> {
  const block = codeBlocks(readPage(page), 'sh').find((text) => text.includes(part));
  expect(block, part).toBeDefined();
  const filled = Object.entries(replaced).reduce((text, [from, to]) => text.replaceAll(from, to), block ?? '');
  const place = { TEMPORAL_ADDRESS: env.address, TEMPORAL_NAMESPACE: client.options.namespace, CLI: cli!.path };
  const lines = `set -euo pipefail\ntemporal() { "$CLI" "$@"; }\n${filled}`;
  return (await promisify(execFile)('bash', ['-c', lines], { cwd, env: { ...process.env, ...place } })).stdout;
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

test.skipIf(!cli || !hasJq)('waits that failed are counted by type, and many are started again', async (context) => {
  await withApi(async (setup) => {
    const { api, client, queue: taskQueue, startWorker } = setup;
    const folder = await temporaryFolder(context.onTestFinished);
    await startWorker();
    const since = new Date().toISOString();
    const failed = api.addJob({ timeline: ['FAILED'] });
    const refused = [1, 2].map(() => api.addJob({ faults: [[1, faults.status(400)]] }));
    api.addFaults([[{ operation: 'runWorkflow' }, faults.status(400)]]);
    const start = { workflowId: api.addWorkflow().id };
    const run = await startRunJob(client, { key: 'of-the-same-failure', taskQueue, start });
    const args: Parameters<typeof parentOfChild> = [api.addJob({ timeline: ['FAILED'] }).id];
    const parent = await client.workflow.start(parentOfChild, { workflowId: 'parent', taskQueue, args });
    const waits = await Promise.all(
      [failed, ...refused].map(({ id }) => startAwaitJob(client, id, { taskQueue, files: 'none' })),
    );
    for (const one of [run, parent, ...waits]) await expect(one.result()).rejects.toThrow();
    const [, alone = ''] = /`AND (ParentWorkflowId .*?)`/.exec(ON_CALL) ?? [];
    const narrowed = { '2026-01-31T12:00:00Z': since, 'AND CloseTime': `AND ${alone} AND CloseTime` };
    const count = () => script(setup, folder, ['on-call', 'uniq -c'], narrowed);
    await expect
      .poll(async () => (await count()).trim().split(/\s*\n\s*/), { timeout: 60_000 })
      .toEqual([
        '1 UnstructuredJobFailedError awaitJobCompletion',
        '2 UnstructuredRequestError awaitJobCompletion',
        '1 UnstructuredRequestError runJob',
      ]);

    const those = { UnstructuredUnreachableError: 'UnstructuredRequestError', '<queue>': taskQueue };
    await script(setup, folder, ['on-call', 'read -r failure type id first'], those);
    for (const { workflowId } of waits.slice(1)) {
      const { job, outputNodeFiles } = (await client.workflow.getHandle(workflowId).result()) as AwaitJobResult;
      expect([job.status, outputNodeFiles]).toEqual(['COMPLETED', []]); // by the options of the first time
    }
    for (const { workflowId } of [waits[0]!, run])
      expect((await client.workflow.getHandle(workflowId).describe()).status.name).toBe('FAILED');
  });
});

test.skipIf(!cli || !hasJq)('a run that failed is started again by its key, and takes up its job', async (context) => {
  await withApi(async (setup) => {
    const { api, client, queue: taskQueue, startWorker } = setup;
    const folder = await temporaryFolder(context.onTestFinished);
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    await startWorker();
    const { id: workflowId } = api.addWorkflow();
    const limits = { totalLimit: '1 second', onLimit: 'leave' } as const;
    const run = await startRunJob(client, { key: 'run-1', taskQueue, start: { workflowId }, ...limits });
    await expect(run.result()).rejects.toThrow();
    api.jobs[0]!.setStatus('COMPLETED');
    await script(setup, folder, ['on-call', '--type runJob '], { '<key>': 'run-1', '<queue>': taskQueue });
    const { job } = (await client.workflow.getHandle('run-1').result()) as RunJobResult;
    expect([job.id, api.jobs.length]).toEqual([api.jobs[0]!.id, 1]);
  });
});

test.skipIf(!cli || !hasJq)('what failed in a batch runs again under a new key', async (context) => {
  await withApi(async (setup) => {
    const { api, client } = setup;
    api.setStartedJobs({ timeline: ['COMPLETED'], failedFiles: { 'doc-0001.txt': 'encrypted' } });
    const { folder, input } = await batchOf(setup, 2, context.onTestFinished);
    const { url: baseUrl, apiKey } = api;
    const folders = { documents: { folders: [folder] }, outputs: { folders: [folder] } };
    await setup.startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, ...folders })] });
    const first = await (await startRunJobs(client, input)).result();
    expect([first.counts.ok, first.counts.failed]).toEqual([1, 1]);
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const filled = { '<key>': input.key, '<new key>': 'again', '<queue>': setup.queue };
    const place = { '<location of manifest.json>': first.manifest.location };
    await script(setup, folder, ['on-call', 'retryFailed ='], { ...filled, ...place });
    const { counts } = (await client.workflow.getHandle('again').result()) as RunJobsResult;
    expect([counts.documents, counts.ok]).toEqual([1, 1]);
  });
});

test.skipIf(!cli)('of workflows that poll, those are listed that began with the loop', async () => {
  await withApi(async (setup) => {
    const { client, queue: taskQueue, startWorker } = setup;
    await startWorker();
    const start = (workflowId: string, isNew: boolean) =>
      client.workflow.start(pollThenAwait, { workflowId, taskQueue, args: [isNew] });
    const all = [await start('with-loop', false), await start('with-patch', true)];
    const [list = ''] = readPage('replacing-a-loop').match(/^temporal workflow list .*$/m) ?? [];
    await expect
      .poll(() => temporal(setup, list), { timeout: 60_000 })
      .toSatisfy((listed: string) => listed.includes('with-loop') && !listed.includes('with-patch'));
    for (const one of all) await one.terminate();
  });
});

test.skipIf(!cli)('the history of a wait is saved as its page says, and replays', async (context) => {
  await withApi(async (setup) => {
    const { api, client, queue: taskQueue, startWorker } = setup;
    const folder = await temporaryFolder(context.onTestFinished);
    await startWorker();
    const wait = await startAwaitJob(client, api.addJob().id, { taskQueue });
    await wait.result();
    await script(setup, folder, ['replacing-a-loop', 'workflow show'], { '<workflow id>': wait.workflowId });
    const history: unknown = JSON.parse(await readFile(join(folder, 'poll.json'), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: testBundle() }, history, wait.workflowId);
  });
});

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
  expect(listings).toHaveLength(5);
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
    const answers = [[failing, run], [healthy], [failing, run], [healthy, failing, run], [plain, run]];
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
    expect(await temporal(setup, listings[3]!.query)).not.toMatch(/unstructured-job|invoices/);

    const [, hint = ''] = /`(temporal workflow signal .*--query .*?)`/.exec(ON_CALL) ?? [];
    const before = (await failing.query(progress)).hints;
    await temporal(setup, hint.replace("'refused key'", "'failing'").replace("'new key'", "'a'"));
    await expect.poll(async () => (await failing.query(progress)).hints, { timeout: 60_000 }).toBe(before + 1);
    expect((await healthy.query(progress)).hints).toBe(0);
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
