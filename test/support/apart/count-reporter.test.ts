// The last line of a run of the tests says `0 failed` only where the run has not failed.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder';

const VITEST = join(__dirname, '../../../node_modules/vitest/vitest.mjs');
const REPORTER = join(__dirname, '../count-reporter.mts');

/** Runs vitest over one file. */
async function lastLineOf(code: string): Promise<{ exitCode: number; line: string | undefined }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.test.js'), code);
  await writeFile(
    join(folder, 'vitest.config.mjs'),
    `import { CountReporter } from ${JSON.stringify(REPORTER)};
     export default { test: { globals: true, reporters: [new CountReporter()] } };`,
  );
  const ended = await promisify(execFile)(process.execPath, [VITEST, 'run', '--root', folder]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  return { exitCode: ended.code, line: ended.stdout.trimEnd().split('\n').at(-1) };
}

test.each([
  ['tests', `test('a', () => {}); test('b', () => { throw new Error('b') })`, '1 passed, 1 failed'],
  ['tests, all of them good', `test('a', () => {}); test('b', () => {})`, '2 passed, 0 failed'],
  ['a test that is skipped', `test('a', () => {}); test.skip('b', () => {})`, '1 passed, 0 failed, 1 skipped'],
  ['an error that no test awaits', `test('a', () => { void Promise.reject(new Error('b')) })`, '1 passed, 1 failed'],
  ['a file that does not load', `throw new Error('a')`, '0 passed, 1 failed'],
  [
    'a hook of a group',
    `describe('g', () => { afterAll(() => { throw new Error('b') }); test('a', () => {}) })`,
    '1 passed, 1 failed',
  ],
])('%s', async (_what, code, line) => {
  expect(await lastLineOf(code)).toEqual({ exitCode: line.includes(' 0 failed') ? 0 : 1, line });
});
