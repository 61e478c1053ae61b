// A server that sends a document too slowly is told from a slow reader, and asked again by the next attempt alone.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { S3Source } from '../../../src/storage/s3';
import { Storage } from '../../../src/storage/storage';
import type * as paces from '../../../src/network/pace';
import { clientOfServer } from '../s3/s3-server';
import { signal } from '../support';

vi.mock('../../../src/network/pace', async (original) => ({
  ...(await original<typeof paces>()),
  LOWEST_RATE: { bytes: 1_000, per: 300 },
}));

const BYTES = 200_000;
const AT_ONCE = 100_000;

/** Sends the first half of a document at once, and of the other half a byte now and then. */
function trickle(response: ServerResponse, closed: () => void): void {
  response.writeHead(200, { 'content-length': BYTES, etag: '"1"' });
  response.write(Buffer.alloc(AT_ONCE));
  const timer = setInterval(() => response.write('x'), 20);
  response.once('close', () => {
    clearInterval(timer);
    closed();
  });
}

async function readHttp(listener: (response: ServerResponse) => void): Promise<AsyncIterable<Uint8Array>> {
  const server = createServer((_request, response) => listener(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage = new Storage({ documents: { origins: [origin] } });
  onTestFinished(() => storage.close());
  return (await storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: BYTES })).stream();
}

async function readS3(listener: (response: ServerResponse) => void): Promise<AsyncIterable<Uint8Array>> {
  const client = await clientOfServer((_request, response) => listener(response));
  return (await new S3Source({ client, allowed: ['s3://inbox/'] }).open('s3://inbox/a.pdf', { signal })).stream();
}

test.each([
  ['https', readHttp, 1],
  ['S3', readS3, 2], // its first request is for what is held until its turn
])('a document that trickles fails as such, and its connection is closed: %s', async (_, read, requests) => {
  let asked = 0;
  let open = 0;
  const stream = await read((response) => {
    asked++;
    open++;
    trickle(response, () => open--);
  });
  await expect(buffer(stream)).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: expect.stringMatching(/^its transfer stalled: \d+ bytes in 300 ms, fewer than 1000$/) as string,
    details: { kind: 'passing' },
  });
  expect(asked).toBe(requests);
  await vi.waitFor(() => expect(open).toBe(0));
});

test.each([
  ['https', readHttp],
  ['S3', readS3],
])('a document whose reader takes its time is whole: %s', async (_, read) => {
  const stream = await read((response) => {
    response.writeHead(200, { 'content-length': BYTES, etag: '"1"' }).end(Buffer.alloc(BYTES));
  });
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    await sleep(700);
  }
  expect(bytes).toBe(BYTES);
});
