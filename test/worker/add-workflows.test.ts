// The plugin adds the package's workflows to a bundle, whatever the user's workflow file exports.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAwaitJob, UnstructuredPlugin } from '../../src';
import { createTestEnvironment, FakeUnstructured } from '../../src/testing';
import { collectLogs, quiet } from '../support/logs';

const QUEUE = 'documents';
const path = (name: string) => join(__dirname, 'workflows', name);
const plugin = () => new UnstructuredPlugin({ apiKey: () => 'key-that-is-not-used' });

let env: TestWorkflowEnvironment;
let folder: string;
beforeAll(async () => {
  collectLogs();
  env = await createTestEnvironment();
  // Below the packages that a bundle takes.
  folder = await mkdtemp(join(__dirname, '../../node_modules/.workflows-'));
  const asCompiled = `Object.defineProperty(exports, '__esModule', { value: true });
exports.greet = async () => 'hello';
exports.default = async () => 'any type';`;
  await writeFile(join(folder, 'compiled.js'), asCompiled);
});
afterAll(async () => {
  await env.teardown();
  await rm(folder, { recursive: true });
});

/** Runs `fn` beside a worker with the plugin. */
async function beside(options: Partial<WorkerOptions>, fn: (api: FakeUnstructured) => Promise<void>): Promise<void> {
  await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  const plugins = [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })];
  const worker = await Worker.create({ connection: env.nativeConnection, taskQueue: QUEUE, plugins, ...options });
  await worker.runUntil(fn(api));
}

const execute = (type: string) =>
  env.client.workflow.execute<() => Promise<string>>(type, { taskQueue: QUEUE, workflowId: type });

async function statusAfterWait(api: FakeUnstructured): Promise<string> {
  const handle = await startAwaitJob(env.client, api.addJob().id, { taskQueue: QUEUE });
  return (await handle.result()).job.status;
}

test.each([
  ['that exports none of them', () => path('none.ts'), {}],
  ['that is a folder', () => path('folder'), {}],
  ['that is compiled to CommonJS', () => join(folder, 'compiled.js'), { anything: 'any type' }],
])('a workflow file %s runs its own workflows and ours', async (_, workflowsPath, others) => {
  await beside({ workflowsPath: workflowsPath() }, async (api) => {
    expect(await execute('greet')).toBe('hello');
    for (const [name, result] of Object.entries(others)) expect(await execute(name)).toBe(result);
    expect(await statusAfterWait(api)).toBe('COMPLETED');
  });
});

test("a workflow of the user's own under a name of ours stays theirs, and so does their default export", async () => {
  await beside({ workflowsPath: path('own.ts') }, async (api) => {
    expect(await execute('anything')).toBe('any type');
    expect(await execute('runJob')).toBe('my own');
    expect(await statusAfterWait(api)).toBe('COMPLETED');
  });
});

test('a bundle made beforehand with the plugin holds them, one made without it does not', async () => {
  const options = { workflowsPath: path('none.ts'), logger: quiet };
  const { code } = await bundleWorkflowCode({ ...options, plugins: [plugin()] });
  await beside({ workflowBundle: { code } }, async (api) => {
    expect(await statusAfterWait(api)).toBe('COMPLETED');
  });
  expect((await bundleWorkflowCode(options)).code).not.toContain('awaitJobCompletion');
});

test("the plugin keeps the user's own webpackConfigHook, and may be there twice", async () => {
  let applied = 0;
  const { code } = await bundleWorkflowCode({
    workflowsPath: path('none.ts'),
    logger: quiet,
    plugins: [plugin(), plugin()],
    webpackConfigHook: (config) => ({ ...config, plugins: [...(config.plugins ?? []), { apply: () => applied++ }] }),
  });
  expect(applied).toBe(1);
  expect(code.match(/async function awaitJobCompletion\(/g)).toHaveLength(1);
  await beside({ workflowBundle: { code } }, async (api) => {
    expect(await execute('greet')).toBe('hello');
    expect(await statusAfterWait(api)).toBe('COMPLETED');
  });
});

test('a file that exports them by hand runs its own workflows and ours, without a second copy', async () => {
  const { code } = await bundleWorkflowCode({ workflowsPath: path('both.ts'), logger: quiet, plugins: [plugin()] });
  expect(code.match(/async function awaitJobCompletion\(/g)).toHaveLength(1);
  await beside({ workflowBundle: { code } }, async (api) => {
    expect(await execute('greet')).toBe('hello');
    expect(await statusAfterWait(api)).toBe('COMPLETED');
  });
});
