import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { Storage } from '../../src/storage/storage';
import { S3Source } from '../../src/storage/s3';
import { median } from '../support/statistics';

const PAGES = 100;
const PAGE = 1_000;
const TURNS = 7;

interface Listing {
  keys: number;
  sdkMs: number;
  oursMs: number;
}

/** Lists the same keys of a server on loopback by both, by turns in changing order. */
export async function measureListing(): Promise<Listing> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const page = Number(searchParams.get('continuation-token') ?? 0);
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(PAGES_BY_ENCODING[searchParams.get('encoding-type') === 'url' ? 'url' : 'none'][page]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const source = new S3Source({ client, allowed: ['s3://bucket/'] });
  const storage = new Storage({ documents: { sources: { s3: source } } });
  const times = { sdk: [] as number[], ours: [] as number[] };
  const sides = { sdk: () => listAlone(client), ours: () => listOurs(storage) };
  try {
    for (let turn = 0; turn < TURNS; turn++)
      for (const side of turn % 2 === 0 ? (['sdk', 'ours'] as const) : (['ours', 'sdk'] as const)) {
        const begunAt = performance.now();
        const keys = await sides[side]();
        times[side].push(performance.now() - begunAt);
        if (keys !== PAGES * PAGE) throw new Error(`${side} listed ${keys} keys.`);
      }
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
  return { keys: PAGES * PAGE, sdkMs: median(times.sdk), oursMs: median(times.ours) };
}

async function listAlone(client: S3Client): Promise<number> {
  let keys = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: 'bucket', Prefix: 'inbox/' }))
    keys += Contents.length;
  return keys;
}

async function listOurs(storage: Storage): Promise<number> {
  const { signal } = new AbortController();
  let keys = 0;
  const options = { match: '**/*.pdf', maxBytes: 100_000_000, signal };
  for await (const { documents } of storage.listDocuments('s3://bucket/inbox/', options)) keys += documents.length;
  return keys;
}

const PAGES_BY_ENCODING = { none: pages(' ', ''), url: pages('+', '<EncodingType>url</EncodingType>') };

function pages(space: string, encoding: string): string[] {
  return Array.from({ length: PAGES }, (_, page) => {
    const isLast = page === PAGES - 1;
    const contents = Array.from({ length: PAGE }, (_, n) => {
      const key = `inbox/2026-11/${String(page).padStart(3, '0')}/invoice${space}${String(n).padStart(5, '0')}.pdf`;
      return `<Contents><Key>${key}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>12345</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    return `<?xml version="1.0"?><ListBucketResult>${encoding}<IsTruncated>${!isLast}</IsTruncated><NextContinuationToken>${page + 1}</NextContinuationToken>${contents.join('')}</ListBucketResult>`;
  });
}
