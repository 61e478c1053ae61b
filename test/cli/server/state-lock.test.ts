import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { holdState } from '../../../src/cli/server/state-lock';
import { temporaryFolder } from '../../testing/temporary-folder';

afterEach(() => vi.unstubAllEnvs());

/** The process id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe.each(['linux', 'darwin'] as const)('the state of a batch on %s', (platform) => {
  it('is held by one program, and free again once that ends', async () => {
    const folder = await temporaryFolder();
    const held = await holdState(folder, process.pid, platform);
    await expect(holdState(folder, 1, platform)).rejects.toThrow(
      `Another program, process ${process.pid}, works on this batch: ${folder} is in use.`,
    );
    held.close();
    await once(held, 'close');
    (await holdState(folder, process.pid, platform)).close();
  });

  it('is one however its folder is written', async () => {
    const folder = await temporaryFolder();
    const link = join(await temporaryFolder(), 'link');
    await symlink(folder, link);
    const held = await holdState(folder, process.pid, platform);
    await expect(holdState(link, process.pid, platform)).rejects.toThrow('is in use');
    held.close();
  });

  it('is waited for where its program is gone and its server is still ending', async () => {
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

describe('where sockets have files', () => {
  const platform = 'darwin';

  /** The file of a folder's socket, which nobody holds. */
  async function socketFile(folder: string): Promise<string> {
    const held = await holdState(folder, process.pid, platform);
    const path = held.address() as string;
    held.close();
    await once(held, 'close');
    return path;
  }

  /** The folder of temporary files, with so many bytes in its path. */
  async function setTemporaryFolder(bytes: number): Promise<void> {
    const parent = await temporaryFolder();
    const folder = join(parent, 'x'.repeat(bytes - parent.length - 1));
    await mkdir(folder);
    vi.stubEnv('TMPDIR', folder);
  }

  test('a long folder of temporary files has room for it', async () => {
    await setTemporaryFolder(78);
    const folder = await temporaryFolder();
    const held = await holdState(folder, process.pid, platform);
    await expect(holdState(folder, process.pid, platform)).rejects.toThrow('is in use');
    held.close();
  });

  test('a folder of temporary files that is too long is told of', async () => {
    await setTemporaryFolder(79);
    await expect(holdState(await temporaryFolder(), process.pid, platform)).rejects.toThrow(
      /^The socket \/.*\/tu-[0-9a-f]{16}\.sock, which keeps .* can't be used: its path has more than 103 bytes: set TMPDIR/,
    );
  });

  test('a folder of temporary files that is not there is told of', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', '/nowhere');
    await expect(holdState(folder, process.pid, platform)).rejects.toThrow(
      /^The socket \/nowhere\/.* can't be used: listen E/,
    );
  });

  test('a file that can not be removed is told of', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', await temporaryFolder());
    const path = await socketFile(folder);
    await mkdir(path);
    await expect(holdState(folder, process.pid, platform)).rejects.toThrow(`The socket ${path}, which keeps`);
  });

  test('a file that comes back for ever is given up', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', await temporaryFolder());
    const path = await socketFile(folder);
    await writeFile(path, '');
    const again = setInterval(() => void writeFile(path, ''), 1);
    const holding = holdState(folder, process.pid, platform, 50);
    await expect(holding.finally(() => clearInterval(again))).rejects.toThrow(
      /^The socket .* can't be used: connect E/,
    );
  });

  test.each([
    ['does not answer', () => undefined],
    ['is something else', (socket: Socket) => void socket.end('hello')],
  ])('what listens there and %s is given up', async (_, answer) => {
    const folder = await temporaryFolder();
    const other = createServer((socket) => answer(socket.on('error', () => undefined)));
    other.listen(await socketFile(folder));
    await once(other, 'listening');
    const holding = holdState(folder, process.pid, platform, 50);
    await expect(holding).rejects.toThrow(/^The socket .* can't be used: (what|something else) listens there/);
    other.close();
  });
});
