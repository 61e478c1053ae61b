// Records of runs are read back whole, and one that is stored again takes the place of what is there.
import { once } from 'node:events';
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { OutputSink, OutputTarget } from '../../src/storage/sink';
import { Storage } from '../../src/storage/storage';
import { temporaryFolder } from '../testing/temporary-folder';
import { sha256 } from '../support/sha256';
import { bytesOf, signal } from './support';

const NAME = 'part-00017.jsonl';

async function outbox() {
  const folder = await temporaryFolder();
  const to = `${pathToFileURL(folder).href}/_manifests/k/plan`;
  const storage = new Storage({ outputs: { folders: [folder] } });
  const read = async (name = NAME, maxBytes = 100) => {
    const record = await storage.readRecord(to, name, { signal: new AbortController().signal, maxBytes });
    return record && Buffer.from(record).toString();
  };
  return { folder, to, storage, read, stored: join(folder, '_manifests/k/plan') };
}

async function listening(path: string): Promise<void> {
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
}

const recordIn = (to: string): OutputTarget => ({ to, name: NAME, contentType: 'application/jsonl', source: null });

/** A storage with a sink of the scheme `mem`. */
function withSink(sink: Partial<OutputSink>): Storage {
  const unused = () => Promise.reject(new Error('not asked for'));
  return new Storage({ outputs: { sinks: { mem: { find: unused, store: unused, ...sink } } } });
}

test('a record is read back as it was stored, and then as it was stored again', async () => {
  const { to, storage, read, stored } = await outbox();
  for (const text of ['{"a":1}\n{"b":"ü"}\n', '', '{}']) {
    const { location, bytes, sha256: hash } = await storage.writeRecord(to, NAME, text, { signal });
    expect({ location, bytes, hash }).toEqual({
      location: `${to}/${NAME}`,
      bytes: Buffer.byteLength(text),
      hash: sha256(text),
    });
    expect(await read()).toBe(text);
  }
  expect(await readdir(stored)).toEqual([NAME]);
});

test('where no record is, none is read, and no folder is made', async () => {
  const { folder, to, storage, read } = await outbox();
  expect(await read()).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
  await storage.writeRecord(to, 'other.json', '{}', { signal });
  expect(await read()).toBeUndefined();
});

test.each(['a link to a record', 'a link that leads nowhere', 'a folder', 'a socket'])(
  '%s in the place of a record is refused for good, by name',
  async (what) => {
    const { to, storage, read, stored } = await outbox();
    await storage.writeRecord(to, 'other.json', '{}', { signal });
    const place = join(stored, NAME);
    if (what === 'a folder') await mkdir(place);
    else if (what === 'a socket') await listening(place);
    else await symlink(join(stored, what === 'a link to a record' ? 'other.json' : 'gone'), place);
    await expect(read()).rejects.toMatchObject({
      name: 'UnstructuredStorageError',
      message: `Target ${to} can't be read: ${NAME} in it is not a regular file`,
      retryable: false,
    });
  },
);

test('a file in the place of a folder above the records is not taken for missing records', async () => {
  const { folder, to, storage, read } = await outbox();
  await writeFile(join(folder, '_manifests'), '');
  await expect(read()).rejects.toMatchObject({ details: { kind: 'lasting', code: 'ENOTDIR' } });
  await expect(storage.checkRecords(to)).rejects.toMatchObject({ details: { kind: 'lasting', code: 'ENOTDIR' } });
});

test('a link in the place of a folder of records, which leads nowhere, is not taken for missing records', async () => {
  const { folder, read } = await outbox();
  await symlink(join(folder, 'gone'), join(folder, '_manifests'));
  await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each([
  ['in a folder that cannot be looked into', '_'.repeat(300)],
  ['behind links that lead in a circle', 'circle/k'],
])('a record %s is not taken for missing', async (_what, way) => {
  const { folder, to, storage } = await outbox();
  await symlink('circle', join(folder, 'circle'));
  const target = to.replace('_manifests', way);
  await expect(storage.readRecord(target, NAME, { signal, maxBytes: 100 })).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    retryable: false,
  });
  await expect(storage.checkRecords(target)).rejects.toMatchObject({ name: 'UnstructuredStorageError' });
});

test('a record that is larger than may be is refused for good', async () => {
  const { to, storage, read } = await outbox();
  await storage.writeRecord(to, NAME, 'x'.repeat(100), { signal });
  expect(await read()).toHaveLength(100);
  await expect(read(NAME, 99)).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: `Record ${NAME} of ${to} is larger than 99 bytes`,
    retryable: false,
  });
});

test('a file in the place of the folder, and a folder that is not allowed, are refused for good', async () => {
  const { folder, to, storage, read } = await outbox();
  await mkdir(join(folder, '_manifests/k'), { recursive: true });
  await writeFile(join(folder, '_manifests/k/plan'), '');
  await expect(read()).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: `Target ${to} can't be read [ENOTDIR]`,
    retryable: false,
  });
  await expect(storage.readRecord('file:///elsewhere', NAME, { signal, maxBytes: 1 })).rejects.toThrow(
    'is not under a folder',
  );
});

test('what is read is of one body, though it is replaced meanwhile', async () => {
  const { to, storage, read } = await outbox();
  const old = 'a'.repeat(300_000);
  await storage.writeRecord(to, NAME, old, { signal });
  const body = await storage.sinkFor(to).read!({ to, name: NAME }, { signal });
  await storage.writeRecord(to, NAME, 'b', { signal });
  expect((await buffer(body!)).toString()).toBe(old);
  expect(await read()).toBe('b');
});

test('a reading that is cancelled ends with the reason, before it begins or in its midst', async () => {
  const { to, storage } = await outbox();
  await storage.writeRecord(to, NAME, 'a'.repeat(300_000), { signal });
  const stop = new AbortController();
  const body = () => storage.sinkFor(to).read!({ to, name: NAME }, { signal: stop.signal });
  const cancelled = (async () => {
    for await (const piece of (await body())!) stop.abort(new Error(`cancelled after ${piece.length} bytes`));
  })();
  await expect(cancelled).rejects.toThrow(/^cancelled after 65536 bytes$/);
  await expect(buffer((await body())!)).rejects.toThrow('cancelled');
});

test('of two that store other records under one name at once, whoever is told of its own has stored it, and none is half', async () => {
  const { to, storage, read } = await outbox();
  const sink = storage.sinkFor(to);
  async function* overtaken(): AsyncGenerator<Uint8Array> {
    yield* bytesOf('[1');
    await sink.store(recordIn(to), bytesOf('[2, 2]'), { signal });
    yield* bytesOf(']');
  }
  const first = await sink.store(recordIn(to), overtaken(), { signal });
  const there = await read();
  expect(['[1]', '[2, 2]']).toContain(there);
  expect(first).toMatchObject({ bytes: there!.length, sha256: sha256(there!) });
});

test('a record that another one overtook is stored again, and so comes last', async () => {
  const { to, storage, read, stored } = await outbox();
  const sink = storage.sinkFor(to);
  const store = sink.store.bind(sink);
  let stores = 0;
  const overtaken = withSink({
    read: () => Promise.resolve(undefined),
    store: (target, body, options) => store({ ...target, to }, stores++ === 0 ? overtaking(body) : body, options),
  });
  async function* overtaking(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    await storage.writeRecord(to, NAME, 'of another', { signal });
    yield* body;
  }
  expect(await overtaken.writeRecord('mem:out', NAME, 'mine', { signal })).toMatchObject({ sha256: sha256('mine') });
  expect(stores).toBe(2);
  expect(await read()).toBe('mine');
  expect(await readdir(stored)).toEqual([NAME]);
});

test('where others store another record each time, that is told as what may pass', async () => {
  const told = { location: 'mem:out/x', bytes: 1, sha256: sha256('of another') };
  let stores = 0;
  const storage = withSink({ read: () => Promise.resolve(undefined), store: () => Promise.resolve((stores++, told)) });
  await expect(storage.writeRecord('mem:out', NAME, 'mine', { signal })).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: `Record ${NAME} of mem:out is stored by others at the same time`,
    retryable: true,
  });
  expect(stores).toBe(3);
});

test('many that store and read one record at once read whole ones', async () => {
  const { to, storage, read, stored } = await outbox();
  const texts = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000 + n));
  await storage.writeRecord(to, NAME, texts[0]!, { signal });
  const storing = texts.map((text) => storage.writeRecord(to, NAME, text, { signal }).catch((error: unknown) => error));
  const reading = Array.from({ length: 20 }, () => read(NAME, 100_000));
  for (const text of await Promise.all(reading)) expect(texts).toContain(text);
  await Promise.all(storing);
  expect(texts).toContain(await read(NAME, 100_000));
  expect(await readdir(stored)).toEqual([NAME]);
});

test('a sink is given a record as of no source, with its type, in one piece', async () => {
  const seen: unknown[] = [];
  const storage = withSink({
    read: () => Promise.resolve(undefined),
    store: async (target, body) => {
      const text = (await buffer(body)).toString();
      seen.push([target, text]);
      return { location: 'mem:x', bytes: text.length, sha256: sha256(text).toUpperCase() };
    },
  });
  await storage.writeRecord('mem:out', NAME, '{}', { signal });
  await storage.writeRecord('mem:out', 'manifest.json', '{}', { signal });
  expect(seen).toEqual([
    [{ to: 'mem:out', name: NAME, contentType: 'application/jsonl', source: null }, '{}'],
    [{ to: 'mem:out', name: 'manifest.json', contentType: 'application/json', source: null }, '{}'],
  ]);
});

test('a sink that can not read is refused for good before it is given anything', async () => {
  const storage = withSink({});
  const refusal = {
    name: 'UnstructuredStorageError',
    message:
      "Target mem:out can't be used by a batch: it keeps its plan and manifest beside the outputs, and the sink for mem: has no read function to get them back",
    retryable: false,
  };
  const to = 'mem:out?x=secret';
  await expect(storage.checkRecords(to)).rejects.toMatchObject(refusal);
  await expect(storage.readRecord(to, NAME, { signal, maxBytes: 1 })).rejects.toMatchObject(refusal);
  await expect(storage.writeRecord(to, NAME, '{}', { signal })).rejects.toMatchObject(refusal);
});

test('a target for records is checked like others', async () => {
  const { to, storage } = await outbox();
  await expect(storage.checkRecords(to)).resolves.toBeUndefined();
  await expect(storage.checkRecords('file:///elsewhere')).rejects.toThrow('is not under a folder');
  await expect(storage.checkRecords('gs://out')).rejects.toThrow('No sink for gs://out');
});

test('a link that takes the place of the folder is not followed by a reading', async () => {
  const { folder, to, storage, read, stored } = await outbox();
  await storage.writeRecord(to, NAME, '{}', { signal });
  const elsewhere = await temporaryFolder();
  await rename(stored, join(elsewhere, 'plan'));
  await symlink(join(elsewhere, 'plan'), stored);
  await expect(read()).rejects.toThrow('is not under a folder');
  expect(await readdir(folder)).toEqual(['_manifests']);
});

test('a sink whose read is no function is refused', () => {
  expect(() => withSink({ read: 7 as never })).toThrow('outputs.sinks.mem must be an object');
});
