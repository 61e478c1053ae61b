// Folders are listed whole, in one order, and what is no document in them is told.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readlink, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import type { ListedEntry, ListedPage } from '../../src/core/listing';
import { FileSource } from '../../src/storage/file-source';
import { OpenFolder } from '../../src/storage/open-folder';
import { temporaryFolder } from '../testing/temporary-folder';
import { signal } from './support';

/** A folder with these files, each with its path as content, and what lists it. */
async function listing(paths: (string | Buffer)[] = []) {
  const root = await temporaryFolder();
  const folder = join(root, 'inbox');
  await mkdir(folder);
  for (const path of paths) await put(folder, path);
  const source = new FileSource([folder]);
  const from = pathToFileURL(folder).href;
  const pages = async (after?: string, where = from) => {
    const all: ListedPage[] = [];
    for await (const page of source.list(where, { after, signal })) all.push(page);
    return all;
  };
  const entries = async (after?: string, where?: string) =>
    (await pages(after, where)).flatMap(({ entries }) => entries);
  return { root, folder, source, from, pages, entries };
}

async function put(folder: string, path: string | Buffer): Promise<void> {
  const full = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path)]);
  await mkdir(full.subarray(0, full.lastIndexOf('/')), { recursive: true });
  await writeFile(full, path);
}

const pathsOf = (entries: ListedEntry[]) => entries.map(({ path }) => path);
const leftOut = (entries: ListedEntry[]) =>
  Object.fromEntries(entries.flatMap(({ path, leftOut }) => (leftOut === undefined ? [] : [[path, leftOut]])));

test('a file is listed with its reference, its path, its size and its version', async () => {
  const { folder, entries } = await listing(['sub/a b.pdf']);
  await utimes(join(folder, 'sub/a b.pdf'), 1_700_000_000, 1_700_000_000.25);
  expect(await entries()).toEqual([
    {
      ref: `${pathToFileURL(folder).href}/sub/a%20b.pdf`,
      path: 'sub/a b.pdf',
      bytes: 11,
      version: '11-1700000000250',
    },
  ]);
});

test.each([
  '100%.pdf',
  'a%20b.pdf',
  '#1.pdf',
  'q?.pdf',
  'a\nb.pdf',
  ' a ',
  'größe/漢.pdf',
  'gro\u0308ße.pdf',
  '🙂/\ufffd',
  '%2e%2e/x',
  'a&b+c;d',
])('what is listed as %j can be opened by its reference', async (path) => {
  const { source, entries } = await listing([path]);
  const [entry] = await entries();
  expect(entry?.path).toBe(path);
  const document = await source.open(entry!.leftOut === undefined ? entry!.ref : '', { signal });
  expect(document.bytes).toBe(Buffer.byteLength(path));
  await document.close?.();
});

test('files and folders come in the order of the bytes of their paths, as keys of S3 do', async () => {
  const paths = [
    'a',
    'a-b',
    'a.txt',
    'ab/c',
    'B',
    'a!/x',
    'z/\uffff',
    'z/𠀋',
    'z/é',
    'z/z/z',
    'a0',
    'b/a',
    'b.x/a',
    'b.x-/a',
  ];
  const { entries } = await listing(paths);
  expect(pathsOf(await entries())).toEqual(paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

test('a listing that goes on behind any of its entries brings the rest', async () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'b', '!', '0', 'é', '漢', '🙂', '\ufffd'),
    minLength: 1,
    maxLength: 3,
  });
  const bad = fc.constantFrom('\xff', 'a\xfe', 'a\xff', '\xed\xa0\x80').map((text) => Buffer.from(text, 'latin1'));
  const name = fc.oneof({ weight: 5, arbitrary: part.map((text) => Buffer.from(text)) }, { weight: 1, arbitrary: bad });
  const path = fc
    .array(name, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.reduce((a, b) => Buffer.concat([a, Buffer.from('/'), b])));
  await fc.assert(
    fc.asyncProperty(
      fc.array(path, { maxLength: 12 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '/', '漢'), maxLength: 4 }),
      async (paths, other) => {
        const { root, folder, entries } = await listing();
        for (const one of paths) await put(folder, one).catch(() => undefined); // where a folder has its name, or a file that of its folder
        const all = await entries();
        for (const [index, { path }] of all.entries()) expect(await entries(path)).toEqual(all.slice(index + 1));
        const bytes = (text: string) => Buffer.from(text);
        const isGood = all.every(({ leftOut }) => leftOut === undefined);
        if (isGood)
          expect(await entries(other)).toEqual(all.filter(({ path }) => Buffer.compare(bytes(path), bytes(other)) > 0));
        await rm(root, { recursive: true });
      },
    ),
    { numRuns: 30 },
  );
});

test('a listing goes on behind an entry that is gone', async () => {
  const { folder, entries } = await listing(['a/1', 'a/2', 'a/3', 'b']);
  await rm(join(folder, 'a/2'));
  expect(pathsOf(await entries('a/2'))).toEqual(['a/3', 'b']);
  await rm(join(folder, 'a'), { recursive: true });
  expect(pathsOf(await entries('a/2'))).toEqual(['b']);
});

test('a large folder comes in pages of 1,000 entries, and what is behind a page can be had alone', async () => {
  const { folder, pages } = await listing(['a', 'm/first', 'z']);
  execFileSync('sh', ['-c', 'seq 1 2500 | xargs touch'], { cwd: join(folder, 'm') });
  const all = await pages();
  expect(all.map(({ entries }) => entries.length)).toEqual([1_000, 1_000, 503]);
  const [first, ...rest] = all;
  expect(await pages(first?.entries.at(-1)?.path)).toEqual(rest);
});

test('many small folders share a page', async () => {
  const { pages } = await listing(Array.from({ length: 30 }, (_, n) => `${n}/a`));
  expect((await pages()).map(({ entries }) => entries.length)).toEqual([30]);
});

describe('left out', () => {
  it('links, inside and out of the folder, in a circle, or to nothing', async () => {
    const { root, folder, entries } = await listing(['sub/a']);
    await put(root, 'secret');
    await symlink(join(root, 'secret'), join(folder, 'out'));
    await symlink(root, join(folder, 'outside'));
    await symlink('a', join(folder, 'sub/inside'));
    await symlink(folder, join(folder, 'sub/circle'));
    await symlink('gone', join(folder, 'nowhere'));
    const all = await entries();
    expect(leftOut(all)).toEqual({
      out: 'symlink',
      outside: 'symlink',
      'sub/inside': 'symlink',
      'sub/circle': 'symlink',
      nowhere: 'symlink',
    });
    expect(pathsOf(all.filter(({ leftOut }) => leftOut === undefined))).toEqual(['sub/a']);
  });

  it('a named pipe and a socket', async () => {
    const { folder, entries } = await listing();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const socket = createServer().listen(join(folder, 'socket'));
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    expect(leftOut(await entries())).toEqual({ pipe: 'notAFile', socket: 'notAFile' });
  });

  it('names that are no UTF-8, of files and of folders, and names that no reference leads to', async () => {
    const { entries } = await listing([
      Buffer.from('gr\xf6\xdfe.pdf', 'latin1'),
      Buffer.from('f\xff/a', 'latin1'),
      'back\\slash.pdf',
      'größe.pdf',
    ]);
    const all = await entries();
    expect(leftOut(all)).toEqual({
      'gr\udcf6\udcdfe.pdf': 'badName',
      'f\udcff/': 'badName',
      'back\\slash.pdf': 'badName',
    });
    expect(all).toHaveLength(4);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that may not be read', async () => {
    const { folder, entries } = await listing(['closed/a', 'closed.txt', 'unsearchable/a']);
    await chmod(join(folder, 'closed'), 0o000);
    await chmod(join(folder, 'unsearchable'), 0o400);
    expect(leftOut(await entries())).toEqual({ 'closed/': 'notReadable', 'unsearchable/': 'notReadable' });
    await chmod(join(folder, 'closed'), 0o700);
    await chmod(join(folder, 'unsearchable'), 0o700);
  });

  it.each([
    ['EACCES', [{ path: 'a.txt' }, { path: 'a/', leftOut: 'notReadable' }, { path: 'b' }]],
    ['EPERM', [{ path: 'a.txt' }, { path: 'a/', leftOut: 'notReadable' }, { path: 'b' }]],
    ['ENOENT', [{ path: 'a.txt' }, { path: 'b' }]],
  ])('a folder of which the system says %s, in its place', async (code, expected) => {
    const { entries } = await listing(['a.txt', 'a/x', 'b']);
    const enter = vi.spyOn(OpenFolder.prototype, 'enter').mockRejectedValue(Object.assign(new Error(code), { code }));
    onTestFinished(() => enter.mockRestore());
    const all = await entries();
    expect(all).toMatchObject(expected);
    for (const [index, { path }] of all.entries()) expect(await entries(path)).toEqual(all.slice(index + 1));
  });

  it('nothing that is empty or hidden: that is for the run to say', async () => {
    const { folder, entries } = await listing(['.a/.b']);
    await writeFile(join(folder, 'empty'), '');
    expect(await entries()).toMatchObject([{ path: '.a/.b' }, { path: 'empty', bytes: 0 }]);
  });
});

describe('refused', () => {
  it.each<[string, (folder: string) => string, RegExp]>([
    [
      'a folder that is missing',
      (folder) => `${folder}/gone`,
      /^Folder file:.*\/gone can't be listed: there is no such folder \[ENOENT\]$/,
    ],
    ['a file', (folder) => `${folder}/a`, /it is not a folder \[ENOTDIR\]$/],
    ['a folder below a file', (folder) => `${folder}/a/b`, /it is not a folder \[ENOTDIR\]$/],
    [
      'a long name',
      (folder) => `${folder}/${'x'.repeat(300)}`,
      /no folder can have a name that long \[ENAMETOOLONG\]$/,
    ],
    ['a folder outside', (folder) => dirname(folder), /it is not under a folder of the option documents.folders$/],
    [
      'a missing folder outside',
      (folder) => `${dirname(folder)}/gone`,
      /it is not under a folder of the option documents.folders$/,
    ],
    ['a way up', (folder) => `${folder}/../inbox`, /it is not a normalised file: URL/],
    [
      'a query',
      (folder) => `${folder}?x=secret`,
      /^Folder [^?]* can't be listed: it is not a normalised file: URL .*pathToFileURL/,
    ],
  ])('%s', async (_, where, message) => {
    const { from, entries } = await listing(['a']);
    const error: unknown = await entries(undefined, where(from)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UnstructuredStorageError', details: { kind: 'lasting' } });
    expect((error as Error).message).toMatch(message);
  });

  it('a link that leads out', async () => {
    const { root, folder, from, entries } = await listing();
    await symlink(root, join(folder, 'out'));
    await expect(entries(undefined, `${from}/out`)).rejects.toThrow(
      'not under a folder of the option documents.folders',
    );
  });

  it('a link in a circle', async () => {
    const { folder, from, entries } = await listing();
    await symlink('circle', join(folder, 'circle'));
    await expect(entries(undefined, `${from}/circle`)).rejects.toThrow('it is not a folder [ELOOP]');
  });
});

test.each([
  ['EACCES', [{ path: 'a' }, { path: 'b', leftOut: 'notReadable' }, { path: 'c' }]],
  ['ENOENT', [{ path: 'a' }, { path: 'c' }]],
  ['EIO', /^EIO$/],
])('a file of which the system says %s when it is looked at', async (code, expected) => {
  const { entries } = await listing(['a', 'b', 'c']);
  const entry = vi.spyOn(OpenFolder.prototype, 'entry').mockImplementation(function (this: OpenFolder, name) {
    if (name === 'b') throw Object.assign(new Error(code), { code });
    return join(this.path, name);
  });
  onTestFinished(() => entry.mockRestore());
  if (expected instanceof RegExp) await expect(entries()).rejects.toThrow(expected);
  else expect(await entries()).toMatchObject(expected);
});

test.each([
  ['EACCES', 'this worker may not read it'],
  ['EPERM', 'this worker may not read it'],
])('a folder that fails by %s only as it is read is refused as if it had at once', async (code, why) => {
  const { entries } = await listing(['a']);
  const entry = vi.spyOn(OpenFolder.prototype, 'entry').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  onTestFinished(() => entry.mockRestore());
  const told = { name: 'UnstructuredStorageError', details: { kind: 'lasting', code } };
  const error: unknown = await entries().catch((reason: unknown) => reason);
  expect(error).toMatchObject(told);
  expect((error as Error).message).toContain(`can't be listed: ${why}`);
});

test('what may pass, as too many open files, fails the listing as it is', async () => {
  const { entries } = await listing(['a/x']);
  const failure = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  const enter = vi.spyOn(OpenFolder.prototype, 'enter').mockRejectedValue(failure);
  onTestFinished(() => enter.mockRestore());
  await expect(entries()).rejects.toBe(failure);
});

test('a folder that was moved when it was opened fails the listing: its references lead nowhere', async () => {
  const { root, folder, entries } = await listing(['a/x']);
  const moving = vi.spyOn(OpenFolder.prototype, 'enter').mockImplementation(async (name) => {
    const entered = await OpenFolder.open(join(folder, name));
    await rename(join(folder, name), join(root, 'moved'));
    return entered;
  });
  onTestFinished(() => moving.mockRestore());
  await expect(entries()).rejects.toThrow('The folder was moved');
});

test('a folder with a slash at its end, and a link inside to it, are listed under the name that was given', async () => {
  const { folder, from, entries } = await listing(['sub/a']);
  await symlink('sub', join(folder, 'link'));
  expect(await entries(undefined, `${from}/sub/`)).toMatchObject([{ ref: `${from}/sub/a`, path: 'a' }]);
  expect(await entries(undefined, `${from}/link/`)).toMatchObject([{ ref: `${from}/link/a`, path: 'a' }]);
});

test('a folder that a link replaces once the folder above it was read is not followed', async () => {
  const { root, folder, source, from } = await listing(['a/x', 'b/y']);
  execFileSync('sh', ['-c', 'seq 1 1000 | xargs touch'], { cwd: join(folder, 'a') });
  await put(root, 'secret/z');
  const found: ListedEntry[] = [];
  for await (const { entries } of source.list(from, { after: undefined, signal })) {
    found.push(...entries);
    await rm(join(folder, 'b'), { recursive: true, force: true });
    await symlink(join(root, 'secret'), join(folder, 'b')).catch(() => undefined);
  }
  expect(found.filter(({ path }) => path.startsWith('b'))).toEqual([{ path: 'b/', leftOut: 'notAFile' }]);
});

test('what goes while it is listed is not listed', async () => {
  const { folder, source, from } = await listing(['a/x', 'b/y', 'c']);
  execFileSync('sh', ['-c', 'seq 1 1000 | xargs touch'], { cwd: join(folder, 'a') });
  const found: ListedEntry[] = [];
  for await (const { entries } of source.list(from, { after: undefined, signal })) {
    found.push(...entries);
    await rm(join(folder, 'b'), { recursive: true, force: true });
    await rm(join(folder, 'c'), { force: true });
  }
  expect(found).toHaveLength(1_001);
});

test('folders are let go of at the end, at a stop, and when the listing is cancelled', async () => {
  const deep = 'd/'.repeat(20);
  const { folder, source, from } = await listing([`${deep}x`]);
  execFileSync('sh', ['-c', 'seq 1 2500 | xargs touch'], { cwd: join(folder, deep) });
  const held = async () => (await openFolders()).filter((path) => path.startsWith(folder)).length;
  const stop = new AbortController();
  for await (const page of source.list(from, { after: undefined, signal })) {
    expect(page.entries).toHaveLength(1_000);
    expect(await held()).toBe(21);
    break;
  }
  expect(await held()).toBe(0);
  for (const name of ['b', 'c', 'e']) await put(folder, `${name}/x`);
  const seen: number[] = [];
  for await (const { entries } of source.list(from, { after: undefined, signal }))
    seen.push(entries.length, await held());
  expect(seen).toEqual([1_000, 21, 1_000, 21, 504, 0]);
  const cancelled = (async () => {
    for await (const { entries } of source.list(from, { after: undefined, signal: stop.signal }))
      stop.abort(new Error(`cancelled after ${entries.length} entries`));
  })();
  await expect(cancelled).rejects.toThrow('cancelled after 1000 entries');
  expect(await held()).toBe(0);
});

async function openFolders(): Promise<string[]> {
  const fds = await readdir('/proc/self/fd');
  return Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
}
