/**
 * The packed tarball in the hands of other package managers, versions of Node and bundlers than the tests have: each compiles a worker, and
 * runs a wait and a document against the fake API to their results. They are fetched by `npx`, which takes minutes, so it runs outside CI.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Consumer } from './consumer';

const WORKFLOWS = `export { awaitJobCompletion, runJob } from 'temporal-unstructured/workflows';`;

const BUNDLE = `
  const { bundleWorkflowCode } = require('@temporalio/worker');
  const workflowsPath = require.resolve('./workflows.js');
  bundleWorkflowCode({ workflowsPath }).then(({ code }) => require('node:fs').writeFileSync('bundle.js', code));`;

const WORKER = `
  import { readdir, rm } from 'node:fs/promises';
  import { join } from 'node:path';
  import { pathToFileURL } from 'node:url';
  import { Worker } from '@temporalio/worker';
  import { startAwaitJob, startRunJob, UnstructuredPlugin } from 'temporal-unstructured';
  import { createTestEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';

  const outputs = join(__dirname, 'outputs');

  async function main(): Promise<void> {
    const env = await createTestEnvironment();
    const api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
    try {
      const job = api.addJob({ timeline: [['IN_PROGRESS', '30m'], ['COMPLETED']] });
      const worker = await Worker.create({
        connection: env.nativeConnection,
        taskQueue: 'documents',
        workflowBundle: { codePath: join(__dirname, 'bundle.js') },
        plugins: [
          new UnstructuredPlugin({
            baseUrl: api.url,
            apiKey: api.apiKey,
            proxy: undefined,
            documents: { folders: [__dirname] },
            outputs: { folders: [outputs] },
          }),
        ],
      });
      const { job: ended, wait } = await worker.runUntil(async () => {
        const handle = await startAwaitJob(env.client, job.id, { taskQueue: 'documents', runLimit: undefined });
        const result = await handle.result();
        const run = await startRunJob(env.client, {
          key: 'package',
          taskQueue: 'documents',
          start: { templateId: 'hi_res_partition' },
          documents: [{ ref: pathToFileURL(join(__dirname, 'package.json')).href }],
          outputs: { to: pathToFileURL(outputs).href },
        });
        await run.result();
        return result;
      });
      const saved = await readdir(outputs);
      console.log(ended.status, 'after', wait.checks, 'checks, files saved:', saved.length, 'on Node', process.version);
    } finally {
      await api.close();
      await env.teardown();
      await rm(outputs, { recursive: true, force: true });
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

const PEERS = [
  '@temporalio/testing',
  '@temporalio/worker',
  '@temporalio/workflow',
  'typescript@~6.0',
  '@types/node@^20',
];

/** Interrupted, it ends what runs and leaves no folder either. */
async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => interruption.abort(new Error(name)));
  const consumer = await Consumer.install(interruption.signal);
  try {
    await compile(consumer);
    for (const version of ['22', '24']) await use(consumer, `npm, Node ${version}`, 'npx', ...node(version));
    const natives = ['--external:@temporalio/*', '--external:@aws-sdk/*'];
    await consumer.run('npm', 'install', '--no-audit', '--no-fund', '--no-save', 'esbuild');
    await consumer.run('npx', 'esbuild', 'worker.js', '--bundle', '--platform=node', '--outfile=one.js', ...natives);
    await use(consumer, 'one file by esbuild', 'node', 'one.js');
    await onBun(consumer);
    await byPnpm(consumer);
    await byYarn(consumer);
  } finally {
    await consumer.remove();
  }
}

type Program = [command: string, ...args: string[]];

async function compile(
  consumer: Consumer,
  tsc: Program = ['node_modules/.bin/tsc'],
  node: Program = ['node'],
): Promise<void> {
  await consumer.write('workflows.ts', WORKFLOWS);
  await consumer.write('worker.ts', WORKER);
  await consumer.write('bundle.cjs', BUNDLE);
  await consumer.run(...tsc, ...TSC, '--types', 'node', 'workflows.ts', 'worker.ts');
  await consumer.run(...node, 'bundle.cjs');
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
  const tarball = await tarballOf(consumer);
  for (const version of ['24', '20']) {
    const own = await consumer.inside(`pnpm-${version}`);
    await own.write('package.json', JSON.stringify({ name: 'consumer', private: true }));
    await own.run('npx', '--yes', 'pnpm@10', 'add', tarball, ...PEERS);
    await compile(own);
    await use(own, `pnpm, Node ${version}`, 'npx', ...node(version));
  }
}

/** Plug'n'Play: there is no node_modules, packages stay zipped, and Node's file system is Yarn's. */
async function byYarn(consumer: Consumer): Promise<void> {
  const own = await consumer.inside('yarn');
  await own.write('package.json', JSON.stringify({ name: 'consumer', private: true }));
  await own.write('yarn.lock', ''); // so that it is no part of the project around it
  await own.write('.yarnrc.yml', yarnSettings((await own.run('npm', 'config', 'get', 'registry')).trim()));
  // Yarn adds no peer dependencies by itself.
  const peers = ['activity', 'client', 'common', 'plugin'].map((name) => `@temporalio/${name}`);
  await own.run(...yarn('20'), 'add', await tarballOf(consumer), ...PEERS, ...peers);
  for (const version of ['24', '20']) {
    await compile(own, [...yarn(version), 'tsc'], [...yarn(version), 'node']);
    await use(own, `Yarn Plug'n'Play, Node ${version}`, ...yarn(version), 'node', 'worker.js');
  }
}

/** Nothing is kept outside the project, and no package finds what the project names in place of what it doesn't name itself. */
function yarnSettings(registry: string): string {
  return Object.entries({
    nodeLinker: 'pnp',
    pnpFallbackMode: 'none',
    npmRegistryServer: registry,
    enableGlobalCache: false,
    globalFolder: './.yarn/global',
    enableTelemetry: false,
  })
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

function yarn(version: string): Program {
  return ['npx', '--yes', '-p', `node@${version}`, '-p', '@yarnpkg/cli-dist@4', 'yarn'];
}

async function tarballOf(consumer: Consumer): Promise<string> {
  const tarball = (await readdir(consumer.folder)).find((name) => name.endsWith('.tgz'));
  return join(consumer.folder, tarball ?? '');
}

void main();
