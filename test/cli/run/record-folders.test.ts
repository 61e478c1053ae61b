import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordFoldersBelow, recordFoldersIn } from '../../../src/cli/run/record-folders';
import { temporaryFolder } from '../../testing/temporary-folder';

test('in a folder they are its folders: files are passed over', async () => {
  const folder = await temporaryFolder();
  expect(await recordFoldersIn(folder)).toEqual([]);
  for (const name of ['a', 'b']) await mkdir(join(folder, '_manifests', name), { recursive: true });
  await writeFile(join(folder, '_manifests', 'note.txt'), '');
  expect((await recordFoldersIn(folder)).sort()).toEqual(['a', 'b']);
});

test.each([1, 2, 3, 100])('below a prefix, %i keys a page: the parts of a batch are passed over', async (perPage) => {
  const parts = Array.from({ length: 50 }, (_, n) => `manifest/part-${n}`);
  const keys = ['a', 'a-b', 'a.b', 'a0', 'b', 'b0'].flatMap((name) =>
    ['manifest.json', ...parts].map((part) => `${name}/${part}`),
  );
  const all = [...keys, 'note.txt'].sort();
  let asked = 0;
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* list(from: string, { after }: { after?: string | undefined }) {
    expect(from).toBe('s3://out/_manifests/');
    asked += 1;
    const rest = all.filter((key) => after === undefined || key > after);
    const entries = rest.slice(0, perPage).map((path) => ({ ref: from + path, path }));
    if (entries.length > 0) yield { entries };
    if (rest.length > perPage) throw new Error('nobody asks for the next page');
  }
  expect(await recordFoldersBelow({ list }, { url: 's3://out/' }, AbortSignal.timeout(60_000))).toEqual([
    'a-b',
    'a.b',
    'a',
    'a0',
    'b',
    'b0',
  ]);
  expect(asked).toBeLessThan(10);
});
