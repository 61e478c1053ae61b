import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { endLeftOver } from '../../../src/cli/server/left-over';

afterEach(() => vi.restoreAllMocks());

/** A process that looks like a dev server with this file. */
async function devServer(dbFile: string): Promise<ChildProcess> {
  const program = "console.log('up'); setInterval(() => undefined, 60_000)";
  const child = spawn(process.execPath, ['-e', program, 'start-dev', dbFile]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

function newFile(): string {
  return `temporal-${randomBytes(8).toString('hex')}.db`;
}

test('a server that has the file is ended, and no other', async () => {
  const file = newFile();
  const [left, other] = [await devServer(file), await devServer(newFile())];
  const exited = once(left, 'exit');
  await endLeftOver(file);
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect([other.exitCode, other.signalCode]).toEqual([null, null]);
});

test.each([
  [
    'can not be killed',
    () => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    },
  ],
  ['does not go', () => true as const],
])('a server that %s is named', async (_, kill) => {
  const file = newFile();
  const { pid } = await devServer(file);
  vi.spyOn(process, 'kill').mockImplementation(kill);
  await expect(endLeftOver(file, 20)).rejects.toThrow(
    `A dev server of an earlier program, process ${pid}, still has ${file} and can't be ended: end it, such as by kill -9 ${pid}.`,
  );
});
