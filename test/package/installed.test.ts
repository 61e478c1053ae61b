// The packed tarball, installed into an empty project with plain npm, works from CommonJS, ESM and TypeScript.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { findTestServer } from '../../src/testing/find-server';
import { Compose } from './compose';
import { Consumer } from './consumer';
import { PUBLIC_NAMES } from './public-names';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await Consumer.install();
  await consumer.copyExamples('examples');
  await consumer.lend('vitest'); // for the example that uses it
}, 300_000);

afterAll(() => consumer.remove());

const WITH_VITEST = join('out', 'with-vitest.test.js');
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

describe.concurrent('the examples', () => {
  beforeAll(async () => {
    expect(await compile('--outDir', 'out', '--strict', '--module', 'nodenext')).toBe('');
    await consumer.write('out/es-modules/package.json', JSON.stringify({ type: 'module' }));
  });

  it(
    'compiled with module nodenext, pass their tests on plugin, workflows and test tools',
    { timeout: 240_000 },
    async () => {
      const files = (await consumer.files('out', '.test.js')).filter((path) => path !== WITH_VITEST);
      const bundles = ['--require', await keepBundles()];
      const options = ['--test', '--test-reporter=tap', '--test-concurrency=3'];
      const printed = await consumer.run('node', ...bundles, ...options, ...files);
      expect(printed).toContain('# pass 14');
    },
  );

  it('pass with vitest, uncompiled, where they use it', { timeout: 240_000 }, async () => {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    await consumer.run('node', vitest, 'run', '--root', 'examples', '--reporter=dot', 'with-vitest.test.ts');
  });

  test.skipIf(!cli)('the commands of docker-compose.yml do what they are for, with the real programs', async () => {
    const home = join(consumer.folder, 'node_modules/temporal-unstructured');
    const examples = join(consumer.folder, 'out');
    await using compose = await Compose.open(consumer.folder, cli!.path, { home, examples });
    for (const service of ['temporal', 'fake-api', 'worker']) await compose.start(service);
    const [jobs, documents] = await Promise.all([compose.run('jobs'), compose.run('documents')]);
    expect(jobs.match(/"COMPLETED"/g)).toHaveLength(4);
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
    for (const entry of ['', '/activities', '/workflows', '/webhooks']) require('temporal-unstructured' + entry);
    try {
      require('temporal-unstructured/s3');
    } catch (error) {
      console.log(error.message);
    }
    const { FakeUnstructured, createTestEnvironment } = require('temporal-unstructured/testing');
    FakeUnstructured.start()
      .then((api) => api.close())
      .then(() => createTestEnvironment())
      .catch((error) => console.log(error.message));`,
  );
  const printed = await consumer.run('node', 'without.cjs');
  expect(printed).toContain('need @temporalio/testing');
  expect(printed).toContain('@aws-sdk/client-s3');
});

test('the JSON Schemas of the manifest are in the package', async () => {
  await consumer.write(
    'schemas.cjs',
    `const schema = (name) => require('temporal-unstructured/schemas/' + name + '.v1.json').title;
    console.log(schema('manifest'), '/', schema('manifest-line'), '/', schema('left-out-line'));`,
  );
  const titles = 'Manifest of a batch / A document in the manifest of a batch / An entry that a batch left out';
  expect((await consumer.run('node', 'schemas.cjs')).trim()).toBe(titles);
});

test('the workflow keeps its name in the bundled entry', async () => {
  await consumer.write('name.cjs', `console.log(require('temporal-unstructured/workflows').awaitJobCompletion.name)`);
  expect((await consumer.run('node', 'name.cjs')).trim()).toBe('awaitJobCompletion');
});

test('a wait makes the bundle of a worker at most 1.36 times as large, everything at most 1.865 times', async () => {
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
  expect(ratios.wait).toBeLessThanOrEqual(1.36);
  expect(Math.max(ratios.all, ratios.compiled)).toBeLessThanOrEqual(1.865);
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
