// A document goes on behind what was held of it, also from servers that take no ranges or do not say how long the whole is; one that changed does not.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { S3Source } from '../../../src/storage/s3';
import { signal } from '../support';
import { clientOfServer } from './s3-server';

const WHOLE = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const start = (request: IncomingMessage) => Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);

type Answer = (request: IncomingMessage, response: ServerResponse, from: number) => void;

async function read(answer: Answer): Promise<Buffer> {
  const client = await clientOfServer((request, response) => answer(request, response, start(request)));
  const document = await new S3Source({ client, allowed: ['s3://inbox/'] }).open('s3://inbox/a.pdf', { signal });
  expect(document.bytes).toBe(WHOLE.length);
  return buffer(document.stream());
}

const part = (from: number, total: string, etag = '"1"') => {
  const body = WHOLE.subarray(from);
  const range = from > 0 && { 'content-range': `bytes ${from}-${WHOLE.length - 1}/${total}` };
  return [from > 0 ? 206 : 200, { etag, 'content-length': body.length, ...range }, body] as const;
};

const send = (response: ServerResponse, [status, headers, body]: ReturnType<typeof part>): void => {
  response.writeHead(status, headers).end(body);
};

const gone = (response: ServerResponse) => void response.writeHead(416).end();

test.each<[string, Answer]>([
  ['takes ranges', (_request, response, from) => send(response, part(from, `${WHOLE.length}`))],
  ['takes none', (_request, response) => send(response, part(0, ''))],
  ['does not say how long the whole is', (_request, response, from) => send(response, part(from, '*'))],
  [
    'begins earlier than it was asked to',
    (_request, response, from) => send(response, part(Math.floor(from / 1_000) * 1_000, `${WHOLE.length}`)),
  ],
])('of a server that %s', async (_, answer) => {
  expect((await read(answer)).equals(WHOLE)).toBe(true);
});

test.each<[string, Answer]>([
  ['has another tag', (_request, response, from) => send(response, part(from, '*', from > 0 ? '"2"' : '"1"'))],
  ['is longer now', (_request, response, from) => send(response, part(from, `${WHOLE.length + 1}`))],
  [
    'is shorter now, of a server that takes no ranges',
    (request, response) => {
      const body = WHOLE.subarray(request.headers.range === undefined ? 0 : 1);
      response.writeHead(200, { etag: '"1"', 'content-length': body.length }).end(body);
    },
  ],
  [
    'ends before what was asked for',
    (_request, response, from) => (from > 0 ? gone(response) : send(response, part(0, ''))),
  ],
  ['begins behind what was asked for', (_request, response, from) => send(response, part(from && from + 1, '*'))],
])('a document that %s has changed', async (_, answer) => {
  await expect(read(answer)).rejects.toThrow('It changed since it was found');
});

test.each([
  ['does not give a part', { status: 501 }, 'UnstructuredDocumentRefusedError', 1],
  ['refuses the credential', { status: 401 }, 'UnstructuredStorageError', 1],
  ['has no time', { status: 503 }, 'UnstructuredStorageError', 4],
])('a document of a server that %s is requested again only if that may help', async (_, { status }, name, times) => {
  let parts = 0;
  const answer: Answer = (_request, response, from) => {
    if (from > 0) parts++;
    if (from > 0) response.writeHead(status).end();
    else send(response, part(0, ''));
  };
  await expect(read(answer)).rejects.toMatchObject({ name, details: { status } });
  expect(parts).toBe(times);
});

test('a document whose transfer is cut each time says what cut it', async () => {
  const answer: Answer = (_request, response, from) => {
    if (from === 0) {
      send(response, part(0, ''));
      return;
    }
    const [status, headers] = part(from, '*');
    response.writeHead(status, headers).flushHeaders();
    setTimeout(() => response.destroy(), 50);
  };
  await expect(read(answer)).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: expect.stringMatching(/^it could not be read: /) as string,
    details: { kind: 'passing', code: 'ECONNRESET' },
  });
});
