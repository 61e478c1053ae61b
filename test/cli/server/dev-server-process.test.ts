import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { KeeperOptions } from '../../../src/cli/server/dev-server-process';
import { holdState } from '../../../src/cli/server/state-lock';
import { temporaryFolder } from '../../testing/temporary-folder';

const TIMEOUT_MS = 60_000;
const STATE_FILE = 'temporal-0123456789abcdef.db';

/** An executable that ends at once, and the words that it was called with, once it was. */
async function fakeServer(): Promise<{ path: string; words: () => Promise<string[]> }> {
  const folder = await temporaryFolder();
  const [path, output] = [join(folder, 'temporal'), join(folder, 'words')];
  await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$@" > '${output}.part'\nmv '${output}.part' '${output}'\nexit 1\n`);
  await chmod(path, 0o755);
  const words = async () => (await vi.waitFor(() => readFile(output, 'utf8'), TIMEOUT_MS)).trimEnd().split('\n');
  return { path, words };
}

function startKeeper(options: Omit<KeeperOptions, 'uiPort' | 'owner'>, executable: string): void {
  const file = join(__dirname, '../../../src/cli/server/dev-server-process.ts');
  const child = fork(file, [JSON.stringify({ ...options, uiPort: 1, owner: process.pid })], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TEMPORAL_CLI_PATH: executable },
    silent: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
}

/** The process id of a program that has ended. */
async function endedProgram(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('the file of a state is chosen once the folder is held: the one that the program before has made is taken', async () => {
  const folder = await temporaryFolder();
  const { path, words } = await fakeServer();
  const before = await holdState(folder, await endedProgram());
  const asked = once(before, 'connection');
  startKeeper({ folder, keepsState: true }, path);
  await asked;
  await writeFile(join(folder, STATE_FILE), '');
  before.close();
  expect(await words()).toContain(STATE_FILE);
});

test.each([
  [{ keepsState: true }, expect.stringMatching(/^temporal-[0-9a-f]{16}\.db$/) as string],
  [{}, undefined],
])('the file of a state is new in a folder without one, and none where it is not kept: %j', async (options, file) => {
  const { path, words } = await fakeServer();
  startKeeper({ folder: await temporaryFolder(), ...options }, path);
  expect((await words()).find((word) => word.endsWith('.db'))).toEqual(file);
});
