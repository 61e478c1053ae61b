// The packed tarball, installed into an empty project with plain npm, works from CommonJS, ESM and TypeScript.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTestServer } from '../../src/testing/find-server';
import { Compose } from './compose';
import { Consumer } from './consumer';
import { PUBLIC_NAMES } from './public-names';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await Consumer.install();
  await consumer.copyExamples('examples');
}, 300_000);

afterAll(() => consumer.remove());

const { executable: cli } = findTestServer('dev');
const entries = Object.keys(PUBLIC_NAMES) as (keyof typeof PUBLIC_NAMES)[];

test('each entry exports the public names and no others to CommonJS', async () => {
  const names = `Object.fromEntries(${JSON.stringify(entries)}.map((name) => [name, Object.keys(require(name)).sort()]))`;
  await consumer.write('names.cjs', `console.log(JSON.stringify(${names}))`);
  expect(JSON.parse(await consumer.run('node', 'names.cjs'))).toEqual(PUBLIC_NAMES);
});

test('each entry gives its public names to ESM by name', async () => {
  const imports = entries.map((entry, index) => {
    const names = PUBLIC_NAMES[entry].map((name) => `${name} as ${name}${index}`);
    return `import { ${names.join(', ')} } from '${entry}';`;
  });
  const all = entries.flatMap((entry, index) => PUBLIC_NAMES[entry].map((name) => `${name}${index}`));
  await consumer.write('names.mjs', `${imports.join('\n')}\nconsole.log([${all.join(', ')}].every(Boolean));`);
  expect((await consumer.run('node', 'names.mjs')).trim()).toBe('true');
});

test('the examples compile with module nodenext', async () => {
  await expect(compile('--noEmit', '--strict', '--module', 'nodenext')).resolves.toBe('');
});

test('the examples compile with module commonjs and the old moduleResolution node10', async () => {
  const old = [
    '--module',
    'commonjs',
    '--moduleResolution',
    'node10',
    '--ignoreDeprecations',
    '6.0',
    '--esModuleInterop',
  ];
  const files = (await consumer.files('examples', '.ts')).filter((path) => !path.includes('es-modules'));
  await expect(compileFiles(files, '--noEmit', '--strict', ...old)).resolves.toBe('');
});

test('what may be left out may be undefined, also with exactOptionalPropertyTypes', async () => {
  await consumer.write('undefined.ts', UNDEFINED);
  await expect(
    compileFiles(['undefined.ts'], '--noEmit', '--strict', '--module', 'node16', '--exactOptionalPropertyTypes'),
  ).resolves.toBe('');
});

describe.concurrent('the examples', () => {
  beforeAll(async () => {
    expect(await compile('--outDir', 'out', '--strict', '--module', 'node16')).toBe('');
    await consumer.write('out/es-modules/package.json', JSON.stringify({ type: 'module' }));
  });

  test(
    'compiled with module node16, pass their tests on plugin, workflows and test tools',
    { timeout: 240_000 },
    async () => {
      const files = await consumer.files('out', '.test.js');
      const bundles = ['--require', await keepBundles()];
      expect(await consumer.run('node', ...bundles, '--test', '--test-reporter=tap', ...files)).toContain('# pass 10');
    },
  );

  test.skipIf(!cli)('the commands of docker-compose.yml do what they are for, with the real programs', async () => {
    const home = join(consumer.folder, 'node_modules/temporal-unstructured');
    const examples = join(consumer.folder, 'out');
    await using compose = await Compose.open(consumer.folder, cli!.path, { home, examples });
    for (const service of ['temporal', 'fake-api', 'worker']) await compose.start(service);
    const [jobs, documents] = await Promise.all([compose.run('jobs'), compose.run('documents')]);
    expect(jobs.match(/"COMPLETED"/g)).toHaveLength(3);
    expect(jobs.match(/"UnstructuredJobFailedError"/g)).toHaveLength(1);
    expect(documents.match(/"status":"ok"/g)).toHaveLength(3);
    expect(await readdir(join(consumer.folder, 'outputs/demo'))).toHaveLength(3);
    for (const TEMPORAL_NAMESPACE of ['default', 'team'])
      await compose.script('create-namespace.sh', 'jobs', { TEMPORAL_NAMESPACE });
  });
});

test('without the optional peers everything loads, and what needs one names it', async () => {
  await consumer.write(
    'without.cjs',
    `const { Module } = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (!/^@(aws-sdk|temporalio[/](testing|envconfig))/.test(name)) return resolve(name, ...rest);
      throw Object.assign(new Error('Cannot find module ' + name), { code: 'MODULE_NOT_FOUND' });
    };
    for (const entry of ['', '/activities', '/workflows']) require('temporal-unstructured' + entry);
    const { FakeUnstructured, createTestEnvironment } = require('temporal-unstructured/testing');
    FakeUnstructured.start()
      .then((api) => api.close())
      .then(() => createTestEnvironment())
      .catch((error) => console.log(error.message));`,
  );
  expect(await consumer.run('node', 'without.cjs')).toContain('need @temporalio/testing');
});

test('the JSON Schemas of the manifest are in the package', async () => {
  await consumer.write(
    'schemas.cjs',
    `const schema = (name) => require('temporal-unstructured/schemas/' + name + '.v1.json').title;
    console.log(schema('manifest'), '/', schema('manifest-line'));`,
  );
  const titles = 'Manifest of a batch / A document in the manifest of a batch';
  expect((await consumer.run('node', 'schemas.cjs')).trim()).toBe(titles);
});

test('the workflow keeps its name in the bundled entry', async () => {
  await consumer.write('name.cjs', `console.log(require('temporal-unstructured/workflows').awaitJobCompletion.name)`);
  expect((await consumer.run('node', 'name.cjs')).trim()).toBe('awaitJobCompletion');
});

test('a wait makes the bundle of a worker at most 1.35 times as large, everything at most 1.78 times', async () => {
  const from = `from 'temporal-unstructured/workflows'`;
  await consumer.write('alone.js', `export { sleep } from '@temporalio/workflow';`);
  await consumer.write('wait.js', `export * from './alone';\nexport { awaitJobCompletion } ${from};`);
  await consumer.write('all.js', `export * from './alone';\nexport * ${from};`);
  await consumer.write(
    'compiled.js',
    `exports.all = [require('./alone'), require('temporal-unstructured/workflows')];`,
  );
  const codes = await bundles(['alone.js', 'wait.js', 'all.js', 'compiled.js']);
  const [alone, ...others] = (await Promise.all(codes.map((code) => minifiedBytes(code)))) as [number, ...number[]];
  const [wait, all, compiled] = others.map((bytes) => bytes / alone) as [number, number, number];
  const ratios = { wait, all, compiled };
  console.log('bundle of a worker with this package, minified, by that of the SDK alone:', ratios);
  expect(ratios.wait).toBeLessThanOrEqual(1.35);
  expect(Math.max(ratios.all, ratios.compiled)).toBeLessThanOrEqual(1.78);
});

test('the plugin adds the workflows to a bundle once, whether or not the workflow file exports them', async () => {
  await consumer.write('greet.js', `export async function greet() {}`);
  await consumer.write('exporting.js', `export { awaitJobCompletion } from 'temporal-unstructured/workflows';`);
  const plugin = `new (require('temporal-unstructured').UnstructuredPlugin)({ apiKey: () => '' })`;
  for (const code of await bundles(['greet.js', 'exporting.js'], plugin)) {
    for (const name of ['awaitJobCompletion', 'runJob', 'runJobs'])
      expect(code.match(new RegExp(`async function ${name}\\(`, 'g'))).toHaveLength(1);
  }
});

test('the command answers', async () => {
  expect(await consumer.run('node_modules/.bin/temporal-unstructured', '--help')).toContain('demo');
});

/** As a program passes on what it was not given. That each option takes it, the sources tell: test/undefined-options.test.ts. */
const UNDEFINED = `
  import type { Client } from '@temporalio/client';
  import { startAwaitJob, startRunJob, startRunJobs, UnstructuredClient, UnstructuredPlugin } from 'temporal-unstructured';
  import type { DocumentSource, OutputSink } from 'temporal-unstructured';
  import { createUnstructuredActivities } from 'temporal-unstructured/activities';
  import { S3Sink, S3Source } from 'temporal-unstructured/s3';
  import { FakeUnstructured, faults } from 'temporal-unstructured/testing';
  import { createWebhookHandler } from 'temporal-unstructured/webhooks';
  import { awaitJob, collectJobOutputs, executeAwaitJob, executeRunJob, executeRunJobs, startJob } from 'temporal-unstructured/workflows';

  const none = undefined;
  export const plugins = [
    new UnstructuredPlugin({ apiKey: 'test-key', baseUrl: none, timeouts: { total: none }, documents: none, outputs: { sinks: none } }),
    new UnstructuredPlugin({ accounts: { eu: { apiKey: 'test-key', proxy: none } }, apiKey: none, documents: { folders: none } }),
  ];
  export const hook = (client: Client) => createWebhookHandler({ client, secret: 's', onUnawaited: none, onError: none });
  export async function client(temporal: Client, unstructured: UnstructuredClient, jobId: string) {
    await startAwaitJob(temporal, jobId, { taskQueue: 'q', runLimit: none, workflow: none, account: none, knownFiles: none });
    await startRunJob(temporal, { key: 'k', taskQueue: 'q', start: { templateId: 't' }, documents: none, resume: none, outputs: none, workflow: none });
    await startRunJob(temporal, { key: 'k', taskQueue: 'q', start: none, resume: { jobId, sentAt: none, token: none } });
    await startRunJobs(temporal, { key: 'k', taskQueue: 'q', start: { templateId: 't' }, documents: { from: 'f', match: none }, outputs: { to: 't', name: none }, retryFailed: none, unlessIn: none, workflow: none });
    await unstructured.getJob(jobId, { signal: none, timeoutMs: none });
    await unstructured.listJobs({ workflowId: jobId, status: none });
    await unstructured.downloadJobOutput(jobId, 'f', { nodeId: none });
  }
  export async function workflow(jobId: string) {
    await executeAwaitJob(jobId, { runLimit: none, files: none, onCancel: none });
    await awaitJob(jobId, { totalLimit: none });
    await startJob({ templateId: 't' }, [{ ref: 'r', name: none, contentType: none }], { startToken: none, activityTaskQueue: none });
    await executeRunJob({ key: 'k', start: { templateId: 't' }, outputs: { to: 't', which: none, parallel: none }, collectLimit: none });
    await executeRunJobs({ key: 'k', start: { templateId: 't' }, documents: none, outputs: { to: 't' }, retryFailed: 'm', parallel: none, perJob: none, maxJobBytes: none, tolerated: none });
    await collectJobOutputs({ jobId, files: [], which: 'final', to: 't', account: none, onLost: none }, { activityTaskQueue: none });
  }
  export const fake = FakeUnstructured.start({ port: none, webhooks: none, answers: { gzip: none }, faults: [[{ first: none }, faults.html({ status: none })]] });
  export const given: [typeof createUnstructuredActivities, typeof S3Sink, typeof S3Source] = [createUnstructuredActivities, S3Sink, S3Source];
  export const source: DocumentSource = { open: async () => ({ bytes: none, stream: () => [] as never, close: none }) };
  export const sink: Partial<OutputSink> = { check: none as never };
`;

/** Without checks of libraries: under these module settings the SDK's own types miss those of one of its dependencies. */
async function compile(...flags: string[]): Promise<string> {
  return compileFiles(await consumer.files('examples', '.ts'), ...flags);
}

function compileFiles(files: string[], ...flags: string[]): Promise<string> {
  const common = ['--target', 'es2022', '--lib', 'es2023', '--types', 'node', '--skipLibCheck'];
  return consumer.run('node_modules/.bin/tsc', ...common, ...flags, ...files);
}

/** Each example would bundle the same workflows. @returns what Node is to load before */
async function keepBundles(): Promise<string> {
  const source = await readFile(join(__dirname, '../support/kept-bundles.ts'), 'utf8');
  await consumer.write('kept-bundles.cjs', (await transform(source, { loader: 'ts', format: 'cjs' })).code);
  return './kept-bundles.cjs';
}

/** Bytes of a workflow bundle without its source map. */
async function minifiedBytes(code: string): Promise<number> {
  return (await transform(code, { minify: true, legalComments: 'none', sourcemap: false })).code.length;
}

/** The workflow bundles that the installed SDK makes of files, each for itself, in one process. */
async function bundles(files: string[], ...plugins: string[]): Promise<string[]> {
  await consumer.write(
    'bundles.cjs',
    `const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');
    (async () => {
      const codes = [];
      for (const file of ${JSON.stringify(files)}) {
        const workflowsPath = require.resolve('./' + file);
        const logger = new DefaultLogger('ERROR');
        codes.push((await bundleWorkflowCode({ workflowsPath, logger, plugins: [${plugins.join()}] })).code);
      }
      process.stdout.write(JSON.stringify(codes));
    })();`,
  );
  return JSON.parse(await consumer.run('node', 'bundles.cjs')) as string[];
}
