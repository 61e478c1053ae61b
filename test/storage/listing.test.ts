// What is listed under a folder is told apart: documents, and what is left out, by its reason.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { ListedPage } from '../../src/core/listing';
import type { ListedDocuments, ListOptions } from '../../src/storage/listing';
import type { DocumentSource } from '../../src/storage/source';
import { Storage } from '../../src/storage/storage';
import { temporaryFolder } from '../testing/temporary-folder';
import { signal } from './support';

const open = () => Promise.reject(new Error('nothing is opened'));

/** A storage with a source that lists these pages. */
function storing(...pages: ListedPage[]) {
  const asked: unknown[] = [];
  const list: DocumentSource['list'] = async function* (from, { after }) {
    asked.push({ from, after });
    yield* await Promise.resolve(pages);
  };
  return { storage: new Storage({ documents: { sources: { mem: { open, list }, blind: { open } } } }), asked };
}

async function all(pages: AsyncIterable<ListedDocuments>): Promise<ListedDocuments[]> {
  const found: ListedDocuments[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

const options = (more: Partial<ListOptions> = {}): ListOptions => ({ maxBytes: 10, signal, ...more });
const document = (path: string, bytes = 1) => ({ ref: `mem:${path}`, path, bytes, version: 'v' });

test('a folder of files is told apart by all rules', async () => {
  const folder = await temporaryFolder();
  const files = {
    'a.pdf': 'x',
    'sub/b.pdf': 'x',
    'empty.pdf': '',
    'large.pdf': 'x'.repeat(11),
    'c.txt': 'x',
    '.git/d.pdf': 'x',
    '_manifests/k/plan/part-00001.jsonl': 'x',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await symlink('a.pdf', join(folder, 'link.pdf'));
  const storage = new Storage({ documents: { folders: [folder] } });
  const from = pathToFileURL(folder).href;
  const [page, ...others] = await all(storage.listDocuments(from, options({ match: '**/*.pdf' })));
  expect(others).toEqual([]);
  expect(page?.documents).toMatchObject([
    { ref: `${from}/a.pdf`, path: 'a.pdf', bytes: 1 },
    { ref: `${from}/sub/b.pdf`, path: 'sub/b.pdf', bytes: 1 },
  ]);
  expect(page?.leftOut).toEqual([
    { path: '.git/d.pdf', reason: 'hidden' },
    { path: '_manifests/k/plan/part-00001.jsonl', reason: 'hidden' },
    { path: 'c.txt', reason: 'noMatch' },
    { path: 'empty.pdf', reason: 'empty' },
    { path: 'large.pdf', reason: 'tooLarge' },
    { path: 'link.pdf', reason: 'symlink' },
  ]);
  expect(page?.last).toBe('sub/b.pdf');
});

test('each page tells its last entry, left out or not; one without entries is no page', async () => {
  const { storage, asked } = storing(
    { entries: [document('a'), { path: 'b', leftOut: 'badName' }] },
    { entries: [] },
    { entries: [document('c')] },
  );
  expect(await all(storage.listDocuments('mem:in', options({ after: 'A' })))).toEqual([
    { documents: [document('a')], leftOut: [{ path: 'b', reason: 'badName' }], last: 'b' },
    { documents: [document('c')], leftOut: [], last: 'c' },
  ]);
  expect(asked).toEqual([{ from: 'mem:in', after: 'A' }]);
});

test('hidden documents and records are taken where a glob names them', async () => {
  const page = { entries: ['.a', 'b/.c', 'b/_manifests/d'].map((path) => document(path)) };
  const paths = async (more: Partial<ListOptions>) =>
    (await all(storing(page).storage.listDocuments('mem:in', options(more)))).flatMap(({ documents }) =>
      documents.map(({ path }) => path),
    );
  expect(await paths({})).toEqual([]);
  expect(await paths({ match: ['.*', '**/_manifests/*'] })).toEqual(['.a', 'b/_manifests/d']);
});

test.each([
  ['blind:in?x=secret', 'got "blind:in"'],
  ['https://files.example.com/a/?x=secret', 'got "https://files.example.com/a/"'],
  ['gs://inbox/', 'got "gs://inbox/"'],
  ['inbox', 'got "inbox"'],
])('%s, which can not be listed, is refused at once, with what to write instead', (from, shown) => {
  const listing = () => storing().storage.listDocuments(from, options());
  expect(listing).toThrow(
    expect.objectContaining({
      name: 'UnstructuredValidationError',
      message: `Option documents.from must be a folder or prefix that this worker can list (mem:, file:); ${shown}. Name its documents one by one instead: documents: [{ ref }].`,
    }) as Error,
  );
});

test('a glob that is none is refused at once, and nothing is listed', () => {
  const { storage, asked } = storing();
  expect(() => storage.listDocuments('mem:in', options({ match: ['**', '/a'] }))).toThrow(
    /^Option documents.match\[1\] must be a glob/,
  );
  expect(asked).toEqual([]);
});

test('a source whose list is no function is refused', () => {
  const sources = { mem: { open, list: 7 as never } };
  expect(() => new Storage({ documents: { sources } })).toThrow('documents.sources.mem must be an object');
});
