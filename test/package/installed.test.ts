// The packed tarball, installed into an empty project with plain npm, works from CommonJS, ESM and TypeScript.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Consumer } from './consumer';
import { PUBLIC_NAMES } from './public-names';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await Consumer.install();
}, 300_000);

afterAll(() => consumer.remove());

const entries = Object.keys(PUBLIC_NAMES) as (keyof typeof PUBLIC_NAMES)[];

test.each(entries)('%s exports the public names and no others to CommonJS', async (entry) => {
  await consumer.write('names.cjs', `console.log(JSON.stringify(Object.keys(require('${entry}')).sort()))`);
  expect(JSON.parse(await consumer.run('node', 'names.cjs'))).toEqual(PUBLIC_NAMES[entry]);
});

test.each(entries)('%s gives its public names to ESM by name', async (entry) => {
  const names = PUBLIC_NAMES[entry].join(', ');
  await consumer.write('names.mjs', `import { ${names} } from '${entry}';\nconsole.log([${names}].every(Boolean));`);
  expect((await consumer.run('node', 'names.mjs')).trim()).toBe('true');
});

test.each(['nodenext', 'node16'])('the examples compile with module %s', async (module) => {
  await consumer.copyExamples('examples');
  const flags = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2023',
    '--types',
    'node',
    '--module',
    module,
  ];
  await expect(consumer.run('npx', 'tsc', ...flags, ...(await exampleFiles()))).resolves.toBe('');
});

test('the compiled example test passes: plugin, workflow bundle and test tools work from the tarball', async () => {
  await consumer.copyExamples('examples');
  const flags = [
    '--outDir',
    'out',
    '--target',
    'es2022',
    '--lib',
    'es2023',
    '--types',
    'node',
    '--module',
    'node16',
    '--skipLibCheck',
  ];
  await consumer.run('npx', 'tsc', ...flags, ...(await exampleFiles()));
  expect(await consumer.run('node', '--test', '--test-reporter=tap', 'out/workflow.test.js')).toContain('# pass 1');
});

test('the command answers', async () => {
  expect(await consumer.run('npx', 'temporal-unstructured', '--help')).toContain('demo');
});

async function exampleFiles(): Promise<string[]> {
  const files = await consumer.run('sh', '-c', 'ls examples/*.ts');
  return files.trim().split('\n');
}
