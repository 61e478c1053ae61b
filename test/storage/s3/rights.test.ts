// What a sink may do with few rights. A server tells those who may not list a bucket that they may not read what is not there.
import { expect, test } from 'vitest';
import { S3Sink } from '../../../src/storage/s3';
import { clientOfServer } from './s3-server';
import { bytesOf, signal, targetIn } from '../support';

const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

/** A sink on a server that refuses these methods. */
async function sinkWithout(...methods: string[]): Promise<S3Sink> {
  const client = await clientOfServer((request, response) => {
    const isRefused = methods.includes(request.method ?? '');
    request
      .resume()
      .once('end', () => response.writeHead(isRefused ? 403 : 200, { etag: '"1"' }).end(isRefused ? DENIED : ''));
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
