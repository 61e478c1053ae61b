/**
 * The packed tarball in the hands of other package managers, versions of Node and bundlers than the tests have: each compiles a worker, and
 * runs a wait against the fake API to its result. They are fetched by `npx`, which takes minutes, so it runs outside CI.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Consumer } from './consumer';

const WORKFLOWS = `export { awaitJobCompletion } from 'temporal-unstructured/workflows';`;

const BUNDLE = `
  const { bundleWorkflowCode } = require('@temporalio/worker');
  const workflowsPath = require.resolve('./workflows.js');
  bundleWorkflowCode({ workflowsPath }).then(({ code }) => require('node:fs').writeFileSync('bundle.js', code));`;

const WORKER = `
  import { join } from 'node:path';
  import { Worker } from '@temporalio/worker';
  import { startAwaitJob, UnstructuredPlugin } from 'temporal-unstructured';
  import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';

  async function main(): Promise<void> {
    const env = await createTestEnvironment();
    const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
    try {
      const job = api.addJob({ timeline: [['IN_PROGRESS', '30m'], ['COMPLETED']] });
      const worker = await Worker.create({
        connection: env.nativeConnection,
        taskQueue: 'documents',
        workflowBundle: { codePath: join(__dirname, 'bundle.js') },
        plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, proxy: undefined })],
      });
      const handle = await startAwaitJob(env.client, job.id, { taskQueue: 'documents', runLimit: undefined });
      const { job: ended, wait } = await worker.runUntil(handle.result());
      console.log(ended.status, 'after', wait.checks, 'checks on Node', process.version);
    } finally {
      await api.close();
      await env.teardown();
    }
  }

  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });`;

const ON_BUN = `
  const { UnstructuredClient } = require('temporal-unstructured');
  try {
    new UnstructuredClient({ apiKey: 'test-key' });
  } catch (error) {
    console.log(error.message);
  }`;

const TSC = ['--strict', '--exactOptionalPropertyTypes', '--module', 'node16', '--target', 'es2022', '--skipLibCheck'];

async function main(): Promise<void> {
  const consumer = await Consumer.install();
  try {
    await compile(consumer);
    for (const version of ['22', '24']) await use(consumer, `npm, Node ${version}`, 'npx', ...node(version));
    const natives = ['--external:@temporalio/*', '--external:@aws-sdk/*'];
    await consumer.run('npm', 'install', '--no-audit', '--no-fund', '--no-save', 'esbuild');
    await consumer.run('npx', 'esbuild', 'worker.js', '--bundle', '--platform=node', '--outfile=one.js', ...natives);
    await use(consumer, 'one file by esbuild', 'node', 'one.js');
    await onBun(consumer);
    await byPnpm(consumer);
  } finally {
    await consumer.remove();
  }
}

async function compile(consumer: Consumer): Promise<void> {
  await consumer.write('workflows.ts', WORKFLOWS);
  await consumer.write('worker.ts', WORKER);
  await consumer.write('bundle.cjs', BUNDLE);
  await consumer.run('node_modules/.bin/tsc', ...TSC, '--types', 'node', 'workflows.ts', 'worker.ts');
  await consumer.run('node', 'bundle.cjs');
}

function node(version: string): string[] {
  return ['--yes', '-p', `node@${version}`, 'node', 'worker.js'];
}

async function use(consumer: Consumer, how: string, command: string, ...args: string[]): Promise<void> {
  const output = await consumer.run(command, ...args);
  const result = output.split('\n').find((line) => line.startsWith('COMPLETED after '));
  if (result === undefined) throw new Error(`${how}: no result\n${output}`);
  console.log(`${how}: ${result}`);
}

/** No worker runs there, and the client says so. */
async function onBun(consumer: Consumer): Promise<void> {
  await consumer.write('bun.cjs', ON_BUN);
  const message = await consumer.run('npx', '--yes', 'bun', 'bun.cjs');
  if (!message.includes('Run the worker on Node')) throw new Error(`Bun: ${message}`);
  console.log(`Bun: ${message.trim()}`);
}

/** Where a package finds what it names and nothing else. It takes the newest of what a range allows, whatever Node runs. */
async function byPnpm(consumer: Consumer): Promise<void> {
  const tarball = (await readdir(consumer.folder)).find((name) => name.endsWith('.tgz'));
  const peers = [
    '@temporalio/testing',
    '@temporalio/worker',
    '@temporalio/workflow',
    'typescript@~6.0',
    '@types/node@^20',
  ];
  for (const version of ['24', '20']) {
    const own = await consumer.inside(`pnpm-${version}`);
    await own.write('package.json', JSON.stringify({ name: 'consumer', private: true }));
    await own.run('npx', '--yes', 'pnpm@10', 'add', join(consumer.folder, tarball ?? ''), ...peers);
    await compile(own);
    await use(own, `pnpm, Node ${version}`, 'npx', ...node(version));
  }
}

void main();
