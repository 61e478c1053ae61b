// Outputs appear under their final name whole or not at all, and only below allowed folders.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { outputName, sourceHash } from '../../src/storage/output-name';
import { FileSink } from '../../src/storage/file-sink';
import { Storage } from '../../src/storage/storage';
import { temporaryFolder } from '../testing/temporary-folder';
import { sha256 } from '../support/sha256';
import { bytesOf, signal, targetIn } from './support';

async function outbox() {
  const root = await temporaryFolder();
  const folder = join(root, 'out');
  const to = `${pathToFileURL(folder).href}/batch/1/`;
  const sink = new Storage({ outputs: { folders: [folder] } }).sinkFor(to);
  return { root, folder, to, sink, stored: join(folder, 'batch/1') };
}

test('what is stored is there, with its size and hash, and found again', async () => {
  const { to, sink, stored } = await outbox();
  expect(await sink.find(targetIn(to), { signal })).toBeUndefined();
  const output = await sink.store(targetIn(to), bytesOf('[1', ']'), { signal });
  expect(output).toEqual({ location: pathToFileURL(join(stored, 'a.json')).href, bytes: 3, sha256: sha256('[1]') });
  expect(await readdir(stored)).toEqual(['a.json']);
  expect(await sink.find(targetIn(to), { signal })).toEqual(output);
});

test("outputs are stored where handles of files have no sync, as with Yarn's Plug'n'Play", async () => {
  const { to, sink, stored } = await outbox();
  const handle = await open(__filename);
  const sync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync').mockImplementation(() => {
    throw new Error('Method not implemented.');
  });
  onTestFinished(() => sync.mockRestore());
  await handle.close();
  await sink.store(targetIn(to), bytesOf('[]'), { signal });
  expect(await readdir(stored)).toEqual(['a.json']);
});

test('a body that fails leaves nothing, and its error comes as it is', async () => {
  const { to, sink, stored } = await outbox();
  const failure = Object.assign(new Error('cut'), { code: 'EACCES' });
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* bytesOf('[');
    throw failure;
  }
  await expect(sink.store(targetIn(to), failing(), { signal })).rejects.toBe(failure);
  expect(await readdir(stored)).toEqual([]);
});

test('a process that is killed leaves no half file under the final name, and nothing once the output is there', async () => {
  const { folder, to, sink, stored } = await outbox();
  const script = `
    const { Storage } = require(${JSON.stringify(join(__dirname, '../../src/storage/storage'))});
    const { targetIn } = require(${JSON.stringify(join(__dirname, 'kill-target'))});
    async function* endless() { for (;;) { yield Buffer.alloc(65536, '['); process.stdout.write('.'); await new Promise((r) => setTimeout(r, 5)); } }
    const sink = new Storage({ outputs: { folders: [${JSON.stringify(folder)}] } }).sinkFor(${JSON.stringify(to)});
    void sink.store(targetIn(${JSON.stringify(to)}), endless(), { signal: new AbortController().signal });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const names = await readdir(stored);
  expect(names).toEqual([expect.stringMatching(/^\..*\.part$/)]);
  await sink.store(targetIn(to), bytesOf('[]'), { signal });
  expect(await readdir(stored)).toEqual(['a.json']);
});

test('of two that store one output at once, the later one takes what is there', async () => {
  const { to, sink, stored } = await outbox();
  const other: unknown[] = [];
  async function* overtaken(): AsyncGenerator<Uint8Array> {
    yield* bytesOf('[');
    other.push(await sink.store(targetIn(to), bytesOf('[1]'), { signal }));
    yield* bytesOf(']');
  }
  expect([await sink.store(targetIn(to), overtaken(), { signal })]).toEqual(other);
  expect(await readdir(stored)).toEqual(['a.json']);
});

test('of two outputs that have the same name, the one that ends last is there, and is told', async () => {
  const { to, sink, stored } = await outbox();
  const ofAnotherJob = { ...targetIn(to), source: { jobId: 'other', fileId: 'f', nodeId: null } };
  async function* overtaken(): AsyncGenerator<Uint8Array> {
    yield* bytesOf('[');
    expect(await sink.store(ofAnotherJob, bytesOf('[1]'), { signal })).toMatchObject({ sha256: sha256('[1]') });
    yield* bytesOf(']');
  }
  expect(await sink.store(targetIn(to), overtaken(), { signal })).toMatchObject({ sha256: sha256('[]') });
  expect(await readdir(stored)).toEqual(['a.json']);
  expect(await readFile(join(stored, 'a.json'), 'utf8')).toBe('[]');
});

test.each([
  ['of a file id', outputName({ jobId: 'j', fileId: '漢'.repeat(200), nodeId: null })],
  ['of a template', `${'漢'.repeat(77)}-0123456789.json`],
])('a long name of other letters, %s, is stored', async (_, name) => {
  const { to, sink, stored } = await outbox();
  await sink.store(targetIn(to, name), bytesOf('[]'), { signal });
  expect(await readdir(stored)).toEqual([name]);
});

test('an allowed folder that is not there yet, behind a link, is made', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'disk'));
  await symlink(join(root, 'disk'), join(root, 'data'));
  const to = `${pathToFileURL(join(root, 'data/out/deep')).href}/`;
  const sink = new Storage({ outputs: { folders: [join(root, 'data/out')] } }).sinkFor(to);
  await sink.store(targetIn(to), bytesOf('[]'), { signal });
  expect(await readdir(join(root, 'disk/out/deep'))).toEqual(['a.json']);
});

test.each([
  ['a way up', '../other'],
  ['a way up in disguise', '%2e%2e/other'],
  ['a part that stands for the folder itself', './other'],
  ['a space at its end', 'other '],
  ['a line end', 'oth\ner'],
  ['an encoded slash', 'an%2Fother'],
  ['a query string', 'other?x=1'],
])('a target with %s is refused, with how to write it', async (_, way) => {
  const { root, folder, sink } = await outbox();
  const target = targetIn(`${pathToFileURL(folder).href}/${way}`);
  for (const call of [sink.store(target, bytesOf('[]'), { signal }), sink.check!(target.to)])
    await expect(call).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Target file:.* is not a normalised file: URL of this machine; write it as pathToFileURL\(path\)\.href/,
      ) as string,
      retryable: false,
    });
  expect(await readdir(root)).toEqual([]);
});

test('a link that leads out is refused, and nothing is made behind it', async () => {
  const { root, folder, sink } = await outbox();
  await mkdir(join(root, 'elsewhere'));
  await mkdir(folder);
  await symlink(join(root, 'elsewhere'), join(folder, 'link'));
  for (const to of ['link', 'link/deep/er'])
    await expect(
      sink.store(targetIn(`${pathToFileURL(folder).href}/${to}`), bytesOf('[]'), { signal }),
    ).rejects.toThrow(/is not under a folder/);
  expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
});

describe.each(['the folder', 'a folder above it', 'its parts'])(
  'a link that takes the place of %s in mid-store',
  (what) => {
    it('is not followed: nothing is written behind it, not even a part', async () => {
      const { root, folder, to, sink, stored } = await outbox();
      const elsewhere = join(root, 'elsewhere');
      await mkdir(join(elsewhere, '1'), { recursive: true });
      const place = {
        'the folder': stored,
        'a folder above it': join(folder, 'batch'),
        'its parts': join(stored, `.a.json-${sourceHash(targetIn(to).source)}.part`),
      }[what]!;
      async function* swapping(): AsyncGenerator<Uint8Array> {
        yield* bytesOf('[');
        await rename(place, join(root, 'out/moved'));
        await symlink(elsewhere, place);
        yield* bytesOf(']');
      }
      await sink.store(targetIn(to), swapping(), { signal }).catch((error: unknown) => error);
      expect(await readdir(elsewhere, { recursive: true })).toEqual(['1']);
      expect(await readdir(root)).toEqual(['elsewhere', 'out']);
    });
  },
);

test('an output whose folder is moved in mid-store is not told as stored where it no longer is', async () => {
  const { folder, to, sink, stored } = await outbox();
  async function* moving(): AsyncGenerator<Uint8Array> {
    yield* bytesOf('[');
    await rename(stored, join(folder, 'moved'));
    yield* bytesOf(']');
  }
  await expect(sink.store(targetIn(to), moving(), { signal })).rejects.toThrow('The folder was moved');
  expect(await readdir(join(folder, 'moved'))).toEqual([]);
});

test('a link that takes the place of the folder once that was found is not followed', async () => {
  const { root, folder, to, sink, stored } = await outbox();
  const elsewhere = join(root, 'elsewhere');
  await mkdir(elsewhere);
  const target = {
    ...targetIn(to),
    /** Asked for when the folder was found, and before anything is made in it. */
    get name() {
      if (!existsSync(join(folder, 'moved'))) {
        renameSync(stored, join(folder, 'moved'));
        symlinkSync(elsewhere, stored);
      }
      return 'a.json';
    },
  };
  await sink.store(target, bytesOf('[]'), { signal }).catch((error: unknown) => error);
  expect(existsSync(join(folder, 'moved'))).toBe(true);
  expect(await readdir(elsewhere)).toEqual([]);
});

test('a link that takes the place of the folder at any moment is not followed', async () => {
  const { root, folder, to, sink, stored } = await outbox();
  const elsewhere = join(root, 'elsewhere');
  await mkdir(elsewhere);
  await mkdir(stored, { recursive: true });
  const swap = `
    const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
    const { parentPort, workerData } = require('node:worker_threads');
    const [stored, moved, elsewhere] = workerData;
    const attempt = (step) => { try { step(); return true; } catch { return false; } };
    for (;;) if (attempt(() => renameSync(stored, moved))) {
      if (attempt(() => symlinkSync(elsewhere, stored))) parentPort.postMessage('swapped');
      for (const end = performance.now() + Math.random(); performance.now() < end;);
      attempt(() => unlinkSync(stored));
      attempt(() => renameSync(moved, stored));
      for (const end = performance.now() + Math.random(); performance.now() < end;);
    }`;
  const swapping = new Worker(swap, { eval: true, workerData: [stored, join(folder, 'moved'), elsewhere] });
  let [swaps, successes] = [0, 0];
  swapping.on('message', () => swaps++);
  onTestFinished(async () => {
    await swapping.terminate();
  });
  await once(swapping, 'online');
  for (let n = 0; n < 60 || (n < 3_000 && (swaps === 0 || successes === 0)); n++)
    await sink.store(targetIn(to, `${n}.json`), bytesOf('[', ']'), { signal }).then(
      () => successes++,
      (error: unknown) => error,
    );
  expect(swaps).toBeGreaterThan(0);
  expect(successes).toBeGreaterThan(0);
  expect(await readdir(elsewhere)).toEqual([]);
});

test.each([
  ['a name that no folder can have', (folder: string) => `${folder}/${'x'.repeat(300)}/`, 'ENAMETOOLONG'],
  ['a file in the place of a folder', (folder: string) => `${folder}/file/deep/`, 'ENOTDIR'],
])('%s is refused for good, by its code', async (_, where, code) => {
  const { folder, sink } = await outbox();
  await mkdir(folder);
  await writeFile(join(folder, 'file'), 'x');
  const to = where(pathToFileURL(folder).href);
  await expect(sink.store(targetIn(to), bytesOf('[]'), { signal })).rejects.toMatchObject({
    details: { kind: 'lasting', code },
  });
});

test('a file in the place of the target is refused before anything is sent, and nothing is made in the place of a folder', async () => {
  const { folder, sink } = await outbox();
  await mkdir(folder);
  await writeFile(join(folder, 'file'), 'x');
  const check = (path: string) => Promise.resolve(sink.check!(`${pathToFileURL(folder).href}/${path}`));
  const refused = { details: { kind: 'lasting', code: 'ENOTDIR' } };
  await expect(check('file')).rejects.toMatchObject(refused);
  await expect(check('file/deep/')).rejects.toMatchObject(refused);
  await check('new/deep/');
  expect(await readdir(folder)).toEqual(['file']);
});

test('an output that is larger than files may be is refused for good, by its code', async () => {
  const { folder, to } = await outbox();
  const script = `
    const { Storage } = require(${JSON.stringify(join(__dirname, '../../src/storage/storage'))});
    const { targetIn } = require(${JSON.stringify(join(__dirname, 'kill-target'))});
    async function* large() { yield Buffer.alloc(65536, '['); }
    const sink = new Storage({ outputs: { folders: [${JSON.stringify(folder)}] } }).sinkFor(${JSON.stringify(to)});
    sink.store(targetIn(${JSON.stringify(to)}), large(), { signal: new AbortController().signal })
      .catch((error) => process.stdout.write(JSON.stringify(error.details ?? String(error))));`;
  const limited = `trap '' XFSZ; ulimit -f 8; exec "$@"`;
  const args = ['-c', limited, 'sh', process.execPath, '--import', 'tsx', '-e', script];
  const child = spawn('sh', args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  expect(JSON.parse(await text(child.stdout))).toEqual({ kind: 'lasting', code: 'EFBIG' });
});

test.each([
  ['EFBIG', 'lasting'],
  ['ENOTSUP', 'lasting'],
  ['ENOSPC', undefined],
])('a file system that answers %s to a write, or to a read', async (code, kind) => {
  const { to, sink } = await outbox();
  await sink.store(targetIn(to), bytesOf('[]'), { signal });
  const handle = await open(__filename);
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const error = Object.assign(new Error(code), { code });
  const writing = vi.spyOn(prototype, 'write').mockRejectedValue(error);
  const reading = vi.spyOn(prototype, 'createReadStream').mockImplementation(() => {
    throw error;
  });
  onTestFinished(() => [writing, reading].forEach((spy) => spy.mockRestore()));
  const told = kind === undefined ? { code } : { name: 'UnstructuredStorageError', details: { kind, code } };
  await expect(sink.store(targetIn(to), bytesOf('[]'), { signal })).rejects.toMatchObject(told);
  await expect(sink.read!(targetIn(to), { signal }).then((body) => buffer(body!))).rejects.toMatchObject(told);
});

test('a look for an output that is cancelled ends with the reason, and nothing else fails', async () => {
  const { to, sink } = await outbox();
  await sink.store(targetIn(to), bytesOf('[]'), { signal });
  const cancelled = AbortSignal.abort(new Error('cancelled'));
  await expect(sink.find(targetIn(to), { signal: cancelled })).rejects.toThrow('cancelled');
});

test('a folder or a link in the place of an output is not taken for one', async () => {
  const { to, sink, stored, root } = await outbox();
  await mkdir(join(stored, 'a.json'), { recursive: true });
  await writeFile(join(root, 'x'), '[]');
  await symlink(join(root, 'x'), join(stored, 'b.json'));
  expect(await sink.find(targetIn(to), { signal })).toBeUndefined();
  expect(await sink.find(targetIn(to, 'b.json'), { signal })).toBeUndefined();
  await sink.store(targetIn(to, 'b.json'), bytesOf('{}'), { signal });
  expect(await readFile(join(root, 'x'), 'utf8')).toBe('[]');
});

test('a scheme without a sink is refused, without its query string', () => {
  expect(() => new Storage().sinkFor('s3://b/x?secret=1')).toThrow(
    /^No sink for s3:\/\/b\/x: this worker writes to file: targets$/,
  );
});

test('a path that no file system holds is not taken for an output', () => {
  const sink = new FileSink([]);
  const to = `file://${'/folder'.repeat(540)}`;
  expect(sink.canStore({ to, name: 'a.json' })).toBe(true);
  expect(sink.canStore({ to: `${to}/${'%C3%BC'.repeat(40)}`, name: 'a.json' })).toBe(false);
  const longest = 'x'.repeat(3_839 - '/folder'.repeat(540).length - 1);
  expect(sink.canStore({ to, name: longest })).toBe(true);
  expect(sink.canStore({ to: `${to}/`, name: longest })).toBe(true);
  expect(sink.canStore({ to, name: `${longest}x` })).toBe(false);
});
