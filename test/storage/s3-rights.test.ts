// What a sink may do with few rights. A server tells those who may not list a bucket that they may not read what is not there.
import { S3Client } from '@aws-sdk/client-s3';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { S3Sink } from '../../src/storage/s3';
import { bytesOf, signal, targetIn } from './support';

const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

/** A sink on a server that refuses these methods. */
async function sinkWithout(...methods: string[]): Promise<S3Sink> {
  const server = createServer((request, response) => {
    const isRefused = methods.includes(request.method ?? '');
    request
      .resume()
      .once('end', () => response.writeHead(isRefused ? 403 : 200, { etag: '"1"' }).end(isRefused ? DENIED : ''));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test-access', secretAccessKey: 'test-secret' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close().closeAllConnections();
  });
  return new S3Sink({ client, allowed: ['s3://parsed/'] });
}

test('an output that may not be looked at counts as not there, and is stored', async () => {
  const sink = await sinkWithout('GET');
  const target = targetIn('s3://parsed/');
  expect(await sink.find(target, { signal })).toBeUndefined();
  expect(await sink.store(target, bytesOf('[]'), { signal })).toMatchObject({ bytes: 2 });
});

test('a record that may not be read counts as not there', async () => {
  const sink = await sinkWithout('GET');
  expect(await sink.read({ to: 's3://parsed/', name: 'a.json' }, { signal })).toBeUndefined();
});

test('an output that may not be stored is refused for good', async () => {
  const sink = await sinkWithout('GET', 'PUT', 'POST');
  const storing = sink.store(targetIn('s3://parsed/'), bytesOf('[]'), { signal });
  await expect(storing).rejects.toMatchObject({ name: 'UnstructuredStorageError', retryable: false });
});
