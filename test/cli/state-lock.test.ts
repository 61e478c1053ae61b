import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdState } from '../../src/cli/server/state-lock';
import { temporaryFolder } from '../testing/temporary-folder';

/** The process id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe.each(['linux', 'darwin'] as const)('the state of a batch on %s', (platform) => {
  test('is held by one program, and free again once that ends', async () => {
    const folder = await temporaryFolder();
    const held = await holdState(folder, process.pid, platform);
    await expect(holdState(folder, 1, platform)).rejects.toThrow(
      `Another program, process ${process.pid}, works on this batch: ${folder} is in use.`,
    );
    held.close();
    await once(held, 'close');
    (await holdState(folder, process.pid, platform)).close();
  });

  test('is one however its folder is written', async () => {
    const folder = await temporaryFolder();
    const link = join(await temporaryFolder(), 'link');
    await symlink(folder, link);
    const held = await holdState(folder, process.pid, platform);
    await expect(holdState(link, process.pid, platform)).rejects.toThrow('is in use');
    held.close();
  });

  test('is waited for where its program is gone and its server is still ending', async () => {
    const folder = await temporaryFolder();
    const ending = await holdState(folder, await deadProcess(), platform);
    const asked = once(ending, 'connection');
    const next = holdState(folder, process.pid, platform);
    await asked;
    ending.close();
    (await next).close();
  });
});

test('a socket that a killed program left its file of is in nobody’s way', async () => {
  const folder = await temporaryFolder();
  const held = await holdState(folder, process.pid, 'darwin');
  const path = held.address() as string;
  held.close();
  await once(held, 'close');
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program]), 'exit');
  const left = createServer();
  const error = once(left, 'error');
  left.listen(path);
  expect((await error)[0]).toMatchObject({ code: 'EADDRINUSE' });
  (await holdState(folder, process.pid, 'darwin')).close();
});
