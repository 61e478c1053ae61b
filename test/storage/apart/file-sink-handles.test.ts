// Whatever a sink opens to check a target, or to look for a record, it closes.
import type * as promises from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { FileSink } from '../../../src/storage/file-sink';
import { temporaryFolder } from '../../testing/temporary-folder';
import { signal } from '../support';
import { opened } from './opened-handles';

vi.mock('node:fs/promises', async (original) => {
  const { notingHandles } = await import('./opened-handles.js');
  return notingHandles(await original<typeof promises>());
});

test('a sink that checks a target, and reads a record, a folder in its place and nothing', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'folder'));
  await writeFile(join(folder, 'record'), 'text');
  const sink = new FileSink([folder]);
  const to = pathToFileURL(folder).href;
  await sink.check(to);
  const record = await sink.read({ to, name: 'record' }, { signal });
  expect(String(await buffer(record!))).toBe('text');
  await expect(sink.read({ to, name: 'folder' }, { signal })).rejects.toThrow('is not a regular file');
  expect(await sink.read({ to, name: 'nothing' }, { signal })).toBeUndefined();
  expect(opened.length).toBeGreaterThanOrEqual(6);
  expect(opened.map(({ fd }) => fd)).toEqual(opened.map(() => -1));
});
