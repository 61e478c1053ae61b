import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../../src/cli/support/make-folder';
import { temporaryFolder } from '../../testing/temporary-folder';

test('all folders that are missing are made, and those that are there are left', async () => {
  const folder = await temporaryFolder();
  await makeFolder(join(folder, 'a/b/c'));
  await makeFolder(join(folder, 'a/b/d'));
  expect(await readdir(join(folder, 'a/b'))).toEqual(['c', 'd']);
});

test('two that make the same folders at once do not disturb each other', async () => {
  const folder = join(await temporaryFolder(), 'a/b/c/d');
  await expect(Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)))).resolves.toHaveLength(20);
});

test('a file in the way is told', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(file, 'a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.runIf(process.platform === 'linux')(
  'a file system that has no place for folders is told, and hangs nobody',
  async () => {
    await expect(makeFolder('/proc/outputs/states')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
