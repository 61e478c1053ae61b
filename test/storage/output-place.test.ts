// An output with folders in its name goes below the caller's target, and its location leads there.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { placeBelow } from '../../src/storage/output-place';
import { Storage } from '../../src/storage/storage';
import { temporaryFolder } from '../testing/temporary-folder';
import { bytesOf, signal, targetIn } from './support';

test.each([
  ['file:///out', 'a b.json', 'file:///out', 'a b.json'],
  ['file:///out', 'x/y z/a b.json', 'file:///out/x/y%20z', 'a b.json'],
  ['file:///out/', '50%/#1/a.json', 'file:///out/50%25/%231', 'a.json'],
  ['s3://parsed', '2026/11/a.json', 's3://parsed/2026/11', 'a.json'],
  ['s3://parsed/#1/', '50% größe/a.json', 's3://parsed/#1/50% größe', 'a.json'],
  ['https://host/out?sig=a/b#c', 'ä/a.json', 'https://host/out/%C3%A4?sig=a/b#c', 'a.json'],
  ['box:17?a', 'x y/a.json', 'box:17?a/x y', 'a.json'],
])('below %s, %s is in %s', (to, path, folder, name) => {
  expect(placeBelow(to, path)).toEqual({ to: folder, name });
});

test.each([
  '2026/11/a.json',
  'Invoice #17 50%/a%2fb.json',
  'a%20b/c+d?/x.json',
  '漢字/größe/📄👩‍👩‍👧.json',
  " 'quoted' & [1]/{x};=@.json",
  '~/$HOME/`x`/!.json',
  '%2e%2e/a.json',
])('a file sink stores %s there, and tells where', async (path) => {
  const folder = join(await temporaryFolder(), 'out 50%');
  const base = pathToFileURL(folder).href;
  const sink = new Storage({ outputs: { folders: [folder] } }).sinkFor(base);
  const target = { ...targetIn(base), ...placeBelow(base, path) };
  const output = await sink.store(target, bytesOf('[1]'), { signal });
  expect(fileURLToPath(output.location)).toBe(join(folder, path));
  expect(await readFile(join(folder, path), 'utf8')).toBe('[1]');
  expect(await sink.find(target, { signal })).toEqual(output);
});
