/**
 * The packed package in the hands of other package managers, versions of Node, bundlers and runners than the tests have: in each a worker
 * runs a wait and a document against the fake API to their results. They are fetched, which takes minutes, so it runs outside CI.
 *
 * `npm run test:consumers` tries all; `npm run test:consumers -- tsx jest` tries those.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Consumer } from './consumer';

const WAYS: Record<string, (project: Consumer, tarball: string) => Promise<void>> = {
  npm: byNpm,
  workspace: inWorkspace,
  pnpm: byPnpm,
  yarn: byYarn,
  tsx: byTsx,
  jest: byJest,
  esbuild: byEsbuild,
  webpack: byWebpack,
  tsup: byTsup,
  undici8: withUndici8,
  bun: onBun,
};

const TSC = ['--strict', '--exactOptionalPropertyTypes', '--module', 'node16', '--target', 'es2022', '--skipLibCheck'];
const TOOLS = ['typescript@~6.0', '@types/node@^20'];
/** Of those that a worker needs, npm finds the others by itself. */
const NAMED = ['@temporalio/testing', '@temporalio/worker', '@temporalio/workflow', ...TOOLS];
const PEERS = ['activity', 'client', 'common', 'plugin'].map((name) => `@temporalio/${name}`);

const WEBPACK = `
  module.exports = {
    mode: 'production',
    target: 'node',
    entry: './worker.js',
    output: { path: __dirname, filename: 'one.js' },
    externalsType: 'commonjs',
    externals: [/^@temporalio\\//, /^@aws-sdk\\//],
  };`;

const ON_BUN = `
  const { UnstructuredClient } = require('temporal-unstructured');
  try {
    new UnstructuredClient({ apiKey: 'test-key' });
  } catch (error) {
    console.log(error.message);
  }`;

/** One that fails keeps none of the others from being tried. Interrupted, it ends what runs and leaves no folder either. */
async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in WAYS));
  if (unknown.length > 0) throw new Error(`No way ${unknown.join(', ')}; there are ${Object.keys(WAYS).join(', ')}.`);
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => interruption.abort(new Error(name)));
  const packer = await Consumer.create(interruption.signal);
  try {
    const tarball = await packer.pack();
    for (const name of names.length > 0 ? names : Object.keys(WAYS)) await tryOut(name, tarball, interruption.signal);
  } finally {
    await packer.remove();
  }
}

async function tryOut(name: string, tarball: string, signal: AbortSignal): Promise<void> {
  const project = await Consumer.create(signal);
  try {
    await WAYS[name]?.(project, tarball);
  } catch (error) {
    signal.throwIfAborted();
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  } finally {
    await project.remove();
  }
}

async function byNpm(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, '@temporalio/testing', ...TOOLS);
  await compile(project);
  for (const version of ['20', '22', '24']) await use(project, `npm, Node ${version}`, ...node(version), 'worker.js');
}

/** The package is a dependency of one member, and npm puts it into the folder of the root. */
async function inWorkspace(project: Consumer, tarball: string): Promise<void> {
  await project.write('package.json', JSON.stringify({ name: 'root', private: true, workspaces: ['packages/*'] }));
  const member = await project.inside('packages/worker');
  await member.write('package.json', JSON.stringify({ name: 'worker', version: '1.0.0', private: true }));
  await project.npmInstall('--workspace', 'worker', tarball, ...NAMED);
  if (!(await readdir(join(project.folder, 'node_modules'))).includes('temporal-unstructured'))
    throw new Error('the package is not in the node_modules of the root');
  await compile(member, ['../../node_modules/.bin/tsc']);
  await use(member, 'npm workspace', 'node', 'worker.js');
  await use(member, 'npm workspace, bundled at the start', 'node', 'worker.js', 'workflows.js');
}

/** Where a package finds what it names and nothing else. It takes the newest of what a range allows, whatever Node runs. */
async function byPnpm(project: Consumer, tarball: string): Promise<void> {
  await project.run('npx', '--yes', 'pnpm@10', 'add', tarball, ...NAMED);
  await compile(project);
  for (const version of ['24', '20']) await use(project, `pnpm, Node ${version}`, ...node(version), 'worker.js');
}

/** Plug'n'Play: there is no node_modules, packages stay zipped, and Node's file system is Yarn's. */
async function byYarn(project: Consumer, tarball: string): Promise<void> {
  await project.write('yarn.lock', ''); // so that it is no part of a project around it
  await project.write('.yarnrc.yml', yarnSettings((await project.run('npm', 'config', 'get', 'registry')).trim()));
  // Yarn adds no peer dependencies by itself.
  await project.run(...yarn('20'), 'add', tarball, ...NAMED, ...PEERS);
  for (const version of ['24', '20']) {
    await compile(project, [...yarn(version), 'tsc'], [...yarn(version), 'node']);
    await use(project, `Yarn Plug'n'Play, Node ${version}`, ...yarn(version), 'node', 'worker.js');
  }
}

/** TypeScript as it is, workflows included. */
async function byTsx(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, ...NAMED, 'tsx@4');
  await project.copyProject();
  await use(project, 'tsx, CommonJS', 'npx', 'tsx', 'worker.ts', 'workflows.ts');
  await project.run('npm', 'pkg', 'set', 'type=module');
  await use(project, 'tsx, ES modules', 'npx', 'tsx', 'worker.ts', 'workflows.ts');
}

/** The test of the page on testing, in Jest. */
async function byJest(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, ...NAMED, 'jest@30', '@swc/jest', '@swc/core');
  await project.copyExamples('tests');
  const example = await readFile(join(project.folder, 'tests/with-vitest.test.ts'), 'utf8');
  await project.write('tests/with-jest.test.ts', replaced(example, /^import .* from 'vitest';\n/m, ''));
  const config = { testMatch: ['**/with-jest.test.ts'], transform: { '\\.ts$': '@swc/jest' } };
  await project.write('jest.config.json', JSON.stringify(config));
  const printed = await project.run('sh', '-c', 'node_modules/.bin/jest 2>&1');
  if (!printed.includes('Tests:       1 passed, 1 total')) throw new Error(`Jest: ${printed}`);
  console.log('Jest: 1 passed');
}

async function byEsbuild(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, ...NAMED, 'esbuild');
  await compile(project);
  const natives = ['--external:@temporalio/*', '--external:@aws-sdk/*'];
  await project.run('npx', 'esbuild', 'worker.js', '--bundle', '--platform=node', '--outfile=one.js', ...natives);
  await use(project, 'one file by esbuild', 'node', 'one.js');
}

async function byWebpack(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, ...NAMED, 'webpack@5', 'webpack-cli');
  await compile(project);
  await project.write('webpack.config.cjs', WEBPACK);
  await project.run('npx', 'webpack', '--config', 'webpack.config.cjs');
  await use(project, 'one file by webpack', 'node', 'one.js');
}

/** What package.json names as dependencies stays outside. */
async function byTsup(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, ...NAMED, 'tsup@8');
  await compile(project);
  await project.run('npx', 'tsup', 'worker.ts', '--format', 'cjs,esm');
  await use(project, 'tsup, CommonJS', 'node', 'dist/worker.js');
  await use(project, 'tsup, ES modules', 'node', 'dist/worker.mjs');
}

/** An undici of the user's own, beside that of the package. */
async function withUndici8(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball, ...NAMED, 'undici@8');
  await project.copyProject();
  const worker = await readFile(join(project.folder, 'worker.ts'), 'utf8');
  const own = replaced(worker, 'dispatcher: undefined', 'dispatcher: new Agent()');
  await compile(project, undefined, undefined, `import { Agent } from 'undici';\n${own}`);
  await use(project, 'a dispatcher of undici 8, Node 24', ...node('24'), 'worker.js');
}

/** No worker runs there, and the client says so. */
async function onBun(project: Consumer, tarball: string): Promise<void> {
  await project.npmInstall(tarball);
  await project.write('bun.cjs', ON_BUN);
  const message = await project.run('npx', '--yes', 'bun', 'bun.cjs');
  if (!message.includes('Run the worker on Node')) throw new Error(`Bun: ${message}`);
  console.log(`Bun: ${message.trim()}`);
}

type Program = [command: string, ...args: string[]];

/** Compiles worker and workflows, and builds their bundle. */
async function compile(
  project: Consumer,
  tsc: Program = ['node_modules/.bin/tsc'],
  node: Program = ['node'],
  worker?: string,
): Promise<void> {
  await project.copyProject();
  if (worker !== undefined) await project.write('worker.ts', worker);
  await project.run(...tsc, ...TSC, '--types', 'node', 'workflows.ts', 'worker.ts', 'bundle.ts');
  await project.run(...node, 'bundle.js');
}

function node(version: string): Program {
  return ['npx', '--yes', '-p', `node@${version}`, 'node'];
}

function yarn(version: string): Program {
  return ['npx', '--yes', '-p', `node@${version}`, '-p', '@yarnpkg/cli-dist@4', 'yarn'];
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

async function use(project: Consumer, how: string, command: string, ...args: string[]): Promise<void> {
  const output = await project.run(command, ...args);
  const result = output.split('\n').find((line) => /^COMPLETED after \d+ checks, files saved: 1,/.test(line));
  if (result === undefined) throw new Error(`${how}: no result\n${output}`);
  console.log(`${how}: ${result}`);
}

function replaced(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${String(from)} is not in the text`);
  return changed;
}

void main(process.argv.slice(2));
