// A bucket in, a bucket out: a batch from listing to manifest, and the next one, which pays for what is new, against a real S3-compatible server.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3_SERVER } from '../../../../scripts/servers/build-s3-server';
import { startRunJobs, UnstructuredPlugin } from '../../../../src';
import type { ManifestLine } from '../../../../src/core/batch/manifest-lines';
import type { Manifest } from '../../../../src/core/batch/manifest';
import { S3Sink, S3Source } from '../../../../src/storage/s3';
import { OFTEN, useDevServer } from '../../../dev-server/support/dev-server';
import { type S3Server, startS3Server } from './s3-server';

const { withApi } = useDevServer();

describe.skipIf(!existsSync(S3_SERVER))('S3', () => {
  let folder: string;
  let server: S3Server;
  const put = (key: string, body: string) =>
    server.client.send(new PutObjectCommand({ Bucket: 'inbox', Key: key, Body: body }));
  const get = async (location: string) => {
    const Key = location.replace('s3://parsed/', '');
    const { Body: body } = await server.client.send(new GetObjectCommand({ Bucket: 'parsed', Key }));
    return (await body?.transformToString()) ?? '';
  };
  const keys = async () =>
    (await server.client.send(new ListObjectsV2Command({ Bucket: 'parsed' }))).Contents?.map(({ Key: key }) => key);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3-'));
    server = await startS3Server(folder);
    for (const bucket of ['inbox', 'parsed']) await server.client.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('each document of a prefix has its output and its line, and the next batch sends what is new or changed', async () => {
    const names = ['2026/a b#1.txt', '2026/ä.txt', 'b.txt', 'c.txt'];
    for (const name of [...names, 'notes.md']) await put(`nightly/${name}`, `text of ${name}`);
    const { client } = server;
    const storage = {
      documents: { sources: { s3: new S3Source({ client, allowed: ['s3://inbox/'] }) } },
      outputs: { sinks: { s3: new S3Sink({ client, allowed: ['s3://parsed/'] }) } },
    };
    await withApi(
      async ({ api, client: temporal, queue, startWorker }) => {
        const { url: baseUrl, apiKey } = api;
        await startWorker({ plugins: [new UnstructuredPlugin({ baseUrl, apiKey, watch: false, ...storage })] });
        const run = async (key: string, unlessIn?: string) => {
          const handle = await startRunJobs(temporal, {
            key: `${key}-${queue}`,
            taskQueue: queue,
            start: { templateId: 't' },
            documents: { from: 's3://inbox/nightly/', match: '**/*.txt' },
            outputs: { to: 's3://parsed/out/', name: '{path}/{stem}.json' },
            perJob: 3,
            unlessIn,
            ...OFTEN,
          });
          const { counts, manifest } = await handle.result();
          const { leftOut, parts } = JSON.parse(await get(manifest.location)) as Manifest;
          const lines: ManifestLine[] = [];
          for (let part = 1; part <= parts.count; part++) {
            const location = manifest.location.replace('manifest.json', `manifest/part-0000${part}.jsonl`);
            for (const line of (await get(location)).trim().split('\n')) lines.push(JSON.parse(line) as ManifestLine);
          }
          return { counts, location: manifest.location, leftOut, lines };
        };

        const first = await run('first');
        expect(first.counts).toMatchObject({ documents: 4, ok: 4, jobs: 2 });
        expect(first.leftOut).toEqual({ noMatch: 1 });
        expect(first.lines.map(({ ref }) => ref)).toEqual(names.map((name) => `s3://inbox/nightly/${name}`));
        for (const { ref, outputs } of first.lines) {
          const [element] = JSON.parse(await get(outputs[0]!.location)) as [{ metadata: { filename: string } }];
          expect(element.metadata.filename).toContain(basename(ref));
        }
        const there = await keys();
        for (const name of names) expect(there).toContain(`out/${name.replace('.txt', '.json')}`);

        await put('nightly/c.txt', 'another text');
        await put('nightly/d.txt', 'a new one');
        const second = await run('second', first.location);
        expect(second.leftOut).toEqual({ noMatch: 1, unchanged: 3 });
        expect(second.lines.map(({ ref, status }) => [ref, status])).toEqual([
          ['s3://inbox/nightly/c.txt', 'ok'],
          ['s3://inbox/nightly/d.txt', 'ok'],
        ]);
        expect(api.jobs).toHaveLength(3);
      },
      { startedJobs: { timeline: [['COMPLETED']] } },
    );
  });
});
