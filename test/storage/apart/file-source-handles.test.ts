// A file that is opened and then refused is closed, also where the system can't tell what was opened.
import type * as promises from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { FileSource } from '../../../src/storage/file-source';
import { temporaryFolder } from '../../testing/temporary-folder';
import { signal } from '../support';
import { opened } from './opened-handles';

vi.mock('node:fs/promises', async (original) => {
  const { notingHandles, opened } = await import('./opened-handles.js');
  const fs = notingHandles(await original<typeof promises>());
  const gone = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' }));
  // As on a system without /proc, where the file goes once it was opened.
  const realpath = (path: string) => (opened.length === 0 ? fs.realpath(path) : gone());
  return { ...fs, realpath, readlink: gone };
});

test('a file that goes while it is opened', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.txt'), 'text');
  opened.length = 0;
  const opening = new FileSource([folder]).open(pathToFileURL(join(folder, 'a.txt')).href, { signal });
  await expect(opening).rejects.toMatchObject({ details: { reason: 'notFound' } });
  expect(opened.map(({ fd }) => fd)).toEqual([-1]);
});
