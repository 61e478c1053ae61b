// Documents from buckets and outputs into them, against a real S3-compatible server.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3_SERVER } from '../../../../scripts/servers/build-s3-server';
import { S3Sink, S3Source } from '../../../../src/storage/s3';
import { Storage } from '../../../../src/storage/storage';
import { placeBelow } from '../../../../src/storage/output-place';
import { bytesOf, refusalOf, signal, targetIn } from '../../support';
import { sha256 } from '../../../support/sha256';
import { type S3Server, startS3Server } from './s3-server';

const MIB = 1_024 * 1_024;
// It is built before the first test; where that can't be, the run says so.
describe.skipIf(!existsSync(S3_SERVER))('S3', () => {
  let folder: string;
  let server: S3Server;
  let storage: Storage;
  const open = (ref: string) => storage.openDocument(ref, { signal, maxBytes: 50 * MIB });
  const put = (key: string, body: string | Buffer, contentType?: string) =>
    server.client.send(new PutObjectCommand({ Bucket: 'inbox', Key: key, Body: body, ContentType: contentType }));
  const get = async (key: string) => {
    const { Body: body, ContentType: type } = await server.client.send(
      new GetObjectCommand({ Bucket: 'parsed', Key: key }),
    );
    return { bytes: Buffer.from((await body?.transformToByteArray()) ?? []), type };
  };
  /** Parts of outputs that are neither done nor given up. */
  const uploads = async () => {
    const { Uploads: begun } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: 'parsed' }));
    return begun ?? [];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3-'));
    server = await startS3Server(folder);
    for (const bucket of ['inbox', 'parsed', 'other'])
      await server.client.send(new CreateBucketCommand({ Bucket: bucket }));
    const { client } = server;
    storage = new Storage({
      documents: { sources: { s3: new S3Source({ client, allowed: ['s3://inbox/', 's3://missing-bucket/'] }) } },
      outputs: { sinks: { s3: new S3Sink({ client, allowed: ['s3://parsed/2026/', 's3://missing-bucket/'] }) } },
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('a document is read as a stream, with its size and type', async () => {
    const bytes = Buffer.alloc(3 * MIB, 'x');
    await put('in/a b#1.pdf', bytes, 'application/pdf');
    const document = await open('s3://inbox/in/a b#1.pdf');
    expect(document).toMatchObject({ bytes: 3 * MIB, contentType: 'application/pdf' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of document.stream()) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(1);
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
  });

  test('a document that was replaced since it was found is not read', async () => {
    await put('changing.txt', Buffer.alloc(MIB, 'a'));
    const document = await open('s3://inbox/changing.txt');
    await put('changing.txt', Buffer.alloc(MIB, 'b'));
    await expect(buffer(document.stream())).rejects.toThrow('It changed since it was found');
  });

  test.each([
    'Invoice #17.pdf',
    'q?1.pdf',
    '100%.pdf',
    'a%20b.pdf',
    'a+b&c=d.pdf',
    '//größe.pdf',
    'a..b.pdf',
    'a@b/c~d.pdf',
  ])(
    'a document under the key %s is read, and no other; of one that is gone the message names that key',
    async (key) => {
      await put(key, key);
      const document = await open(`s3://inbox/${key}`);
      expect((await buffer(document.stream())).toString()).toBe(key);
      const gone = await refusalOf(open(`s3://inbox/no/${key}`));
      expect(gone).toMatchObject({ reason: 'notFound', ref: `s3://inbox/no/${key}`, status: 404, code: 'NoSuchKey' });
      expect(gone.message).toContain(`s3://inbox/no/${key} was refused`);
    },
  );

  test.each<[string, (data: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['aws-chunked,br', brotliCompressSync],
  ])('a document that is stored in %s is read as it was', async (encoding, encode) => {
    const text = Buffer.alloc(MIB, 'abcdefgh');
    const noise = Buffer.concat([text, randomBytes(MIB)]);
    const [Body, Key] = [encode(noise), `coded-${encoding}.txt`];
    await server.client.send(new PutObjectCommand({ Bucket: 'inbox', Key, Body, ContentEncoding: encoding }));
    const document = await open(`s3://inbox/${Key}`);
    expect(document.bytes).toBeUndefined();
    expect((await buffer(document.stream())).equals(noise)).toBe(true);
  });

  test('a document in an unknown coding is refused by the header', async () => {
    const object = { Bucket: 'inbox', Key: 'rot13.txt', Body: 'x', ContentEncoding: 'rot13' };
    await server.client.send(new PutObjectCommand(object));
    const { reason, message } = await refusalOf(open('s3://inbox/rot13.txt'));
    expect(reason).toBe('notReadable');
    expect(message).toContain('the header Content-Encoding is "rot13"');
  });

  test.each([
    ['no key', 's3://inbox/', 'malformed'],
    ['no bucket', 's3:///a.pdf', 'malformed'],
    ['a way up', 's3://inbox/../other/a.pdf', 'malformed'],
    ['a folder', 's3://inbox/in/', 'malformed'],
    ['a bucket that is not allowed', 's3://other/a.pdf', 'folderNotAllowed'],
    ['a bucket whose name begins alike', 's3://inbox2/a.pdf', 'folderNotAllowed'],
    ['nothing there', 's3://inbox/gone.pdf', 'notFound'],
    ['no such bucket', 's3://missing-bucket/a.pdf', 'notFound'],
  ])('%s is refused', async (_, ref, reason) => {
    await expect(open(ref)).rejects.toMatchObject({ type: 'UnstructuredDocumentRefusedError', details: { reason } });
  });

  test('an empty document and one that is too large are refused', async () => {
    await put('empty.txt', '');
    await expect(open('s3://inbox/empty.txt')).rejects.toMatchObject({ details: { reason: 'empty' } });
    await put('large.txt', 'too large');
    await expect(storage.openDocument('s3://inbox/large.txt', { signal, maxBytes: 3 })).rejects.toMatchObject({
      details: { reason: 'tooLarge' },
    });
  });

  test.each([
    ['small', 3],
    ['of several parts', 12 * MIB],
  ])('an output, %s, is stored whole and found again', async (name, length) => {
    const to = `s3://parsed/2026/${name}`;
    const sink = storage.sinkFor(to);
    expect(await sink.find(targetIn(to), { signal })).toBeUndefined();
    const data = 'y'.repeat(length);
    const output = await sink.store(targetIn(to), bytesOf(data.slice(0, length / 2), data.slice(length / 2)), {
      signal,
    });
    expect(output).toEqual({ location: `${to}/a.json`, bytes: length, sha256: sha256(data) });
    expect(await sink.find(targetIn(`${to}/`), { signal })).toEqual(output);
    const stored = await get(`2026/${name}/a.json`);
    expect([sha256(stored.bytes), stored.type]).toEqual([output.sha256, 'application/json']);
  });

  test.each(['Invoice #17 50%.json', 'a%20b/c+d.json', 'größe/漢字 & 📄.json', " 'x' (1)/~.json"])(
    'an output named %s is an object of that key',
    async (path) => {
      const place = placeBelow('s3://parsed/2026/named', path);
      const output = await storage.sinkFor(place.to).store({ ...targetIn(''), ...place }, bytesOf('[1]'), { signal });
      expect(output.location).toBe(`s3://parsed/2026/named/${path}`);
      expect((await get(`2026/named/${path}`)).bytes.toString()).toBe('[1]');
    },
  );

  test.each([
    ['early', 1],
    ['after a part went out', 8 * MIB],
  ])('a body that fails %s leaves nothing, and its error comes as it is', async (name, length) => {
    const to = `s3://parsed/2026/broken-${length}/`;
    const failure = new Error(`cut ${name}`);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* bytesOf('z'.repeat(length));
      throw failure;
    }
    const sink = storage.sinkFor(to);
    await expect(sink.store(targetIn(to), failing(), { signal })).rejects.toBe(failure);
    expect(await sink.find(targetIn(to), { signal })).toBeUndefined();
    expect(await uploads()).toEqual([]);
  });

  test('a cancelled transfer ends with the reason and leaves nothing', async () => {
    const to = 's3://parsed/2026/cancelled/';
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let n = 0; ; n++) {
        yield Buffer.alloc(MIB, 'z');
        if (n === 7) stop.abort(new Error('cancelled'));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    const sink = storage.sinkFor(to);
    await expect(sink.store(targetIn(to), endless(), { signal: stop.signal })).rejects.toThrow('cancelled');
    expect(await sink.find(targetIn(to), { signal })).toBeUndefined();
    await expect.poll(uploads, { timeout: 20_000 }).toEqual([]);
  });

  test.each([
    ['a prefix that is not allowed', 's3://parsed/2025/'],
    ['a way up', 's3://parsed/2026/../2025/'],
    ['no such bucket', 's3://missing-bucket/out/'],
  ])('%s is refused for good', async (_, to) => {
    const sink = storage.sinkFor(to);
    await expect(sink.store(targetIn(to), bytesOf('[]'), { signal })).rejects.toMatchObject({
      name: 'UnstructuredStorageError',
      retryable: false,
    });
  });

  test('a prefix that would allow more than it says is refused', () => {
    const { client } = server;
    expect(() => new S3Source({ client, allowed: ['s3://inbox'] })).toThrow('Option allowed[0] must be a prefix');
    expect(() => new S3Sink({ client, allowed: ['inbox/'] })).toThrow('got "inbox/"');
  });
});
