import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../scripts/servers/run-command';
import { temporaryFolder } from '../testing/temporary-folder';

const logFile = async (): Promise<string> => join(await temporaryFolder(), 'log');

test('both outputs of a command go to the log', async () => {
  const log = await logFile();
  await runCommand('sh', ['-c', 'echo "$WORD"; echo error >&2'], { log, env: { WORD: 'output' } });
  expect(await readFile(log, 'utf8')).toBe('output\nerror\n');
});

test('a command that fails is told with its end and the last lines of its log', async () => {
  const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo line $i; done; exit 3';
  const failed = runCommand('sh', ['-c', script], { log: await logFile() });
  await expect(failed).rejects.toThrow(/^sh: ended with 3\n {4}line 2\n[^]*\n {4}line 16$/);
});

test('a command that is not there is told as not installed', async () => {
  const failed = runCommand('no-such-program', [], { log: await logFile() });
  await expect(failed).rejects.toThrow('no-such-program: not installed');
});

test('a command ends when its signal fires', async () => {
  const controller = new AbortController();
  const running = runCommand('sleep', ['600'], { log: await logFile(), signal: controller.signal });
  controller.abort();
  await expect(running).rejects.toThrow('sleep: interrupted');
});
