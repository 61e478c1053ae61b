import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { forgetBegunJobs, recordFoldersBelow, recordFoldersIn } from '../../../src/cli/run/record-folders';
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

test('which jobs of a key were begun is forgotten, and nothing else', async () => {
  const folder = await temporaryFolder();
  const places = ['a/begun', 'a/manifest', 'b/begun'].map((name) => join(folder, '_manifests', name));
  for (const place of places) {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'part-00001.jsonl'), '{}');
  }
  const to = { url: pathToFileURL(folder).href, folder };
  for (let time = 1; time <= 2; time++) await forgetBegunJobs(to, 'a');
  const left = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jsonl')).sort();
  expect(left).toEqual(['a/manifest', 'b/begun'].map((name) => join('_manifests', name, 'part-00001.jsonl')));
});
