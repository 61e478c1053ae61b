// Keys are listed, and records are read back, on a real S3-compatible server.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3_SERVER } from '../../../../scripts/servers/build-s3-server';
import type { ListedDocument } from '../../../../src/core/listing';
import type { ListedDocuments } from '../../../../src/storage/listing';
import { S3Sink, S3Source } from '../../../../src/storage/s3';
import { Storage } from '../../../../src/storage/storage';
import { signal } from '../../support';
import { type S3Server, startS3Server } from './s3-server';

// It is built before the first test; where that can't be, the run says so.
describe.skipIf(!existsSync(S3_SERVER))('S3', () => {
  let folder: string;
  let server: S3Server;
  let storage: Storage;
  const put = (key: string, body = 'x') =>
    server.client.send(new PutObjectCommand({ Bucket: 'inbox', Key: key, Body: body }));
  const pages = async (from: string, more: { match?: string; after?: string } = {}) => {
    const all: ListedDocuments[] = [];
    for await (const page of storage.listDocuments(from, { maxBytes: 10, signal, ...more })) all.push(page);
    return all;
  };
  const documents = async (...args: Parameters<typeof pages>): Promise<ListedDocument[]> =>
    (await pages(...args)).flatMap((page) => page.documents);
  const pathsOf = (found: ListedDocument[]) => found.map(({ path }) => path);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3-'));
    server = await startS3Server(folder);
    for (const bucket of ['inbox', 'parsed']) await server.client.send(new CreateBucketCommand({ Bucket: bucket }));
    const { client } = server;
    storage = new Storage({
      documents: { sources: { s3: new S3Source({ client, allowed: ['s3://inbox/', 's3://missing-bucket/'] }) } },
      outputs: { sinks: { s3: new S3Sink({ client, allowed: ['s3://parsed/', 's3://missing-bucket/'] }) } },
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('more keys than an answer holds are listed in order, and on from where a listing stopped', async () => {
    const names = Array.from({ length: 1_030 }, (_, n) => `${String(n * 7_919).slice(-4)}-${n}.pdf`);
    for (let n = 0; n < names.length; n += 50)
      await Promise.all(names.slice(n, n + 50).map((name) => put(`many/${name}`)));
    const all = await pages('s3://inbox/many');
    expect(all.map((page) => page.documents.length)).toEqual([1_000, 30]);
    const found = all.flatMap((page) => page.documents);
    expect(pathsOf(found)).toEqual(names.sort());
    expect(await documents('s3://inbox/many/', { after: all[0]!.last })).toEqual(found.slice(1_000));
    for (const at of [0, 17, 1_028])
      expect(await documents('s3://inbox/many/', { after: found[at]!.path })).toEqual(found.slice(at + 1));
  });

  test('a document is listed with its reference, path, size and ETag, and is opened by that reference', async () => {
    const { ETag: etag } = await put('one/sub/a b.pdf', 'four');
    const ref = 's3://inbox/one/sub/a b.pdf';
    expect(await documents('s3://inbox/one')).toEqual([
      { ref, path: 'sub/a b.pdf', bytes: 4, version: etag?.replaceAll('"', '') },
    ]);
    const document = await storage.openDocument(ref, { signal, maxBytes: 4 });
    await document.close?.();
  });

  test.each([
    'Invoice #17.pdf',
    'q?1.pdf',
    '100%.pdf',
    'a%20b.pdf',
    'a+b&c=d.pdf',
    'größe.pdf',
    'gro\u0308ße.pdf',
    '漢/🙂.pdf',
    'a\nb\t.pdf',
    '<a>"&amp;.pdf',
    ' a ',
    'a..b',
  ])('the key %j is listed as it is, and opened by its reference', async (key) => {
    await put(`odd/${key}`, key.slice(0, 5));
    const entry = (await documents('s3://inbox/odd/')).find(({ path }) => path === key);
    expect(entry?.ref).toBe(`s3://inbox/odd/${key}`);
    await (await storage.openDocument(entry!.ref, { signal, maxBytes: 100 })).close?.();
    const rest = await documents('s3://inbox/odd/', { after: key });
    expect(pathsOf(rest)).not.toContain(key);
  });

  test('keys are listed in the order of their bytes, behind any of them too', async () => {
    const keys = [
      'a',
      'a-b',
      'a.txt',
      'ab/c',
      'B',
      'a!/x',
      'z/\ufffd',
      'z/𠀋',
      'z/é',
      'z/z/z',
      'a0',
      'b.x/a',
      'b.x-/a',
    ];
    for (const key of keys) await put(`order/${key}`);
    const all = await documents('s3://inbox/order/');
    expect(pathsOf(all)).toEqual(keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    for (const [index, { path }] of all.entries())
      expect(pathsOf(await documents('s3://inbox/order/', { after: path }))).toEqual(pathsOf(all.slice(index + 1)));
  });

  test('what is no document is told apart, and a key that stands for a folder is not told', async () => {
    for (const key of ['a.pdf', 'b.txt', '.hidden/c.pdf', '_manifests/k/manifest.json', 'sub/d.pdf'])
      await put(`rules/${key}`);
    await put('rules/empty.pdf', '');
    await put('rules/large.pdf', 'x'.repeat(11));
    await put('rules/folder/', '');
    const [page] = await pages('s3://inbox/rules', { match: '**/*.pdf' });
    expect(pathsOf(page!.documents)).toEqual(['a.pdf', 'sub/d.pdf']);
    expect(page!.leftOut).toEqual([
      { path: '.hidden/c.pdf', reason: 'hidden' },
      { path: '_manifests/k/manifest.json', reason: 'hidden' },
      { path: 'b.txt', reason: 'noMatch' },
      { path: 'empty.pdf', reason: 'empty' },
      { path: 'large.pdf', reason: 'tooLarge' },
    ]);
  });

  test('a prefix is a folder, not the beginning of a name', async () => {
    await put('pre/a');
    await put('prefix/b');
    expect(pathsOf(await documents('s3://inbox/pre'))).toEqual(['a']);
  });

  test('a folder with nothing in it is empty, and a missing bucket is refused for good', async () => {
    expect(await pages('s3://inbox/nothing/')).toEqual([]);
    await expect(pages('s3://missing-bucket/')).rejects.toMatchObject({
      name: 'UnstructuredStorageError',
      message: expect.stringContaining('Folder s3://missing-bucket/ could not be listed'),
      details: { kind: 'lasting', status: 404, code: 'NoSuchBucket' },
    });
  });

  test('a record is read back as it was stored, and then as it was stored again', async () => {
    const to = 's3://parsed/_manifests/k/plan';
    const read = (name = 'part-00001.jsonl', maxBytes = 10_000_000) =>
      storage.readRecord(to, name, { signal, maxBytes });
    expect(await read()).toBeUndefined();
    for (const text of ['{"a":"ü"}\n', '', 'x'.repeat(6_000_000), '{}']) {
      const stored = await storage.writeRecord(to, 'part-00001.jsonl', text, { signal });
      expect(stored).toMatchObject({ location: `${to}/part-00001.jsonl`, bytes: Buffer.byteLength(text) });
      expect(Buffer.from((await read())!).toString()).toBe(text);
    }
    await expect(read(undefined, 1)).rejects.toThrow('is larger than 1 bytes');
    const { Contents: there } = await server.client.send(new ListObjectsV2Command({ Bucket: 'parsed' }));
    expect(there?.map(({ Key: key }) => key)).toEqual(['_manifests/k/plan/part-00001.jsonl']);
    const { ContentType: type } = await server.client.send(
      new GetObjectCommand({ Bucket: 'parsed', Key: '_manifests/k/plan/part-00001.jsonl' }),
    );
    expect(type).toBe('application/jsonl');
  });

  test('of many that store other records under one name at once, the last one is there, whole', async () => {
    const to = 's3://parsed/race/';
    const texts = Array.from({ length: 6 }, (_, n) => String(n).repeat(2_000 + n));
    const read = async () =>
      Buffer.from((await storage.readRecord(to, 'a.json', { signal, maxBytes: 10_000 }))!).toString();
    await Promise.all(texts.map((text) => storage.writeRecord(to, 'a.json', text, { signal })));
    expect(texts).toContain(await read());
    await storage.writeRecord(to, 'a.json', 'last', { signal });
    expect(await read()).toBe('last');
  });

  test('a bucket that is missing keeps no records, for good', async () => {
    const to = 's3://missing-bucket/out/';
    await expect(storage.readRecord(to, 'a.json', { signal, maxBytes: 1 })).rejects.toMatchObject({
      details: { kind: 'lasting', code: 'NoSuchBucket' },
    });
    await expect(storage.checkRecords('s3://other/')).rejects.toThrow('not under an allowed prefix of the sink');
  });
});
