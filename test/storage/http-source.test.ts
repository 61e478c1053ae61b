// https: references are read from allowed origins only; redirects and names that lead elsewhere are refused.
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { UnstructuredDocumentRefusedError } from '../../src/core/document';
import { Storage } from '../../src/storage/storage';
import { refusalOf, signal } from './support';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function reader(origins: string[]) {
  const storage = new Storage({ documents: { origins } });
  onTestFinished(() => storage.close());
  return (ref: string) => storage.openDocument(ref, { signal, maxBytes: 1_000 });
}

test('a document is read with its name, size and type', async () => {
  const origin = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('text'),
  );
  const document = await reader([origin])(`${origin}/x/a%20b.pdf?sig=1`);
  expect(document).toMatchObject({ contentType: 'application/pdf' });
  expect((await buffer(document.stream())).toString()).toBe('text');
});

test('a link that serves once is read: what was found is what is read', async () => {
  let asked = 0;
  const origin = await serve((_request, response) =>
    asked++ === 0 ? response.writeHead(200, { 'content-length': 4 }).end('text') : response.writeHead(410).end(),
  );
  const document = await reader([origin])(`${origin}/once`);
  expect((await buffer(document.stream())).toString()).toBe('text');
  expect(asked).toBe(1);
});

test('documents that are found let go of their connections once they are closed', async () => {
  const open = new Set<object>();
  const origin = await serve((_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.writeHead(200, { 'content-length': 1_000_000 }).write('x');
  });
  const storage = new Storage({ documents: { origins: [origin] } });
  onTestFinished(() => storage.close());
  const find = (name: string) => storage.openDocument(`${origin}/${name}`, { signal, maxBytes: 2_000_000 });
  const documents = [await find('a'), await find('b')];
  expect(open.size).toBe(2);
  for (const document of documents) await document.close?.();
  await vi.waitFor(() => expect(open.size).toBe(0));
});

describe('an answer that is cut while it waits', () => {
  const whole = Buffer.alloc(300_000, 'abcdefghijklmnop');

  /** Cuts the first answer after so many bytes; the second one has what `second` says. */
  async function cut(after: number, first: OutgoingHttpHeaders, second: OutgoingHttpHeaders = first, body = whole) {
    let asked = 0;
    const origin = await serve((_request, response) => {
      if (asked++ > 0) return void response.writeHead(200, { 'content-length': body.length, ...second }).end(body);
      response.writeHead(200, { 'content-length': whole.length, ...first });
      response.write(whole.subarray(0, after), () => response.destroy());
    });
    const storage = new Storage({ documents: { origins: [origin] } });
    onTestFinished(() => storage.close());
    const document = await storage.openDocument(`${origin}/a`, { signal, maxBytes: 1_000_000 });
    return async () => (await buffer(document.stream())).equals(whole);
  }

  it.each<[string, OutgoingHttpHeaders]>([
    ['a strong tag', { etag: '"1"' }],
    ['a weak tag', { etag: 'W/"1"' }],
    ['a date', { 'last-modified': 'Sun, 29 Nov 2026 06:00:00 GMT' }],
  ])('goes on where it broke off, by %s', async (_, headers) => {
    expect(await (await cut(100_000, headers))()).toBe(true);
  });

  it('begins anew where nothing was passed on', async () => {
    expect(await (await cut(0, {}))()).toBe(true);
  });

  it.each<[string, OutgoingHttpHeaders, OutgoingHttpHeaders]>([
    ['has another tag', { etag: '"1"' }, { etag: '"2"' }],
    ['has no tag any more', { etag: '"1"', 'last-modified': 'x' }, { 'last-modified': 'x' }],
    ['never had a tag', {}, {}],
  ])('is not taken up where it %s', async (_, first, second) => {
    await expect(await cut(100_000, first, second)).rejects.toThrow('broke off');
  });

  it('is not taken up where it has another length', async () => {
    const read = await cut(100_000, { etag: '"1"' }, { etag: '"1"' }, whole.subarray(1));
    await expect(read).rejects.toThrow('broke off');
  });

  it('is requested once more where its link has expired since', async () => {
    const statuses: number[] = [];
    const origin = await serve((_request, response) => {
      const status = statuses.length === 0 ? 200 : 403;
      statuses.push(status);
      response.writeHead(status, { 'content-length': 10 });
      response.write(status === 200 ? 'x' : 'y', () => response.destroy());
    });
    const document = await reader([origin])(`${origin}/a`);
    expect(await refusalOf(buffer(document.stream()))).toMatchObject({ reason: 'notReadable', status: 403 });
    expect(statuses).toEqual([200, 403]);
  });
});

describe('a stored coding', () => {
  test.each<[string, (data: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['aws-chunked, gzip', gzipSync],
  ])('%s is undone', async (encoding, encode) => {
    const origin = await serve((_request, response) => {
      const body = encode(Buffer.from('text'));
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length }).end(body);
    });
    const document = await reader([origin])(`${origin}/a.txt`);
    expect(document.bytes).toBeUndefined();
    expect((await buffer(document.stream())).toString()).toBe('text');
  });

  test.each<[string, OutgoingHttpHeaders, Buffer]>([
    ['alone', {}, gzipSync('text')],
    ['around one of the content', { 'content-encoding': 'br' }, gzipSync(brotliCompressSync('text'))],
  ])('of the transfer is undone: %s', async (_, headers, body) => {
    const origin = await serve((_request, response) =>
      response.writeHead(200, { ...headers, 'transfer-encoding': 'gzip, chunked' }).end(body),
    );
    const document = await reader([origin])(`${origin}/a.txt`);
    expect(document.bytes).toBeUndefined();
    expect((await buffer(document.stream())).toString()).toBe('text');
  });

  it('of the transfer that is not known is refused by its header', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(200, { 'transfer-encoding': 'compress, chunked' }).end('text'),
    );
    const refusal = await refusalOf(reader([origin])(`${origin}/a`));
    expect(refusal.reason).toBe('notReadable');
    expect(refusal.message).toContain('Transfer-Encoding is "compress"');
  });

  test.each(['', 'identity', 'NONE', 'utf-8', 'aws-chunked', 'us-ascii', 'null'])(
    '"%s" changes nothing',
    async (encoding) => {
      const origin = await serve((_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding, 'content-length': 4 }).end('text'),
      );
      const document = await reader([origin])(`${origin}/a`);
      expect(document.bytes).toBe(4);
      expect((await buffer(document.stream())).toString()).toBe('text');
    },
  );

  test.each([
    ['rot13', 'Content-Encoding is "rot13"'],
    ['gzip', 'its gzip data is broken'],
  ])('%s that is not known, or is none, is refused by what is wrong', async (encoding, message) => {
    const origin = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end('text'),
    );
    const refusal = await refusalOf(reader([origin])(`${origin}/a`));
    expect(refusal.reason).toBe('notReadable');
    expect(refusal.message).toContain(message);
    expect(refusal.message).not.toContain('200');
  });
});

test.each([
  [400, 'RequestTimeout'],
  [403, 'RequestTimeTooSkewed'],
  [403, 'RequestInTheFuture'],
  [400, 'ThrottlingException'],
])('a presigned link that is answered %i %s may serve later', async (status, code) => {
  const origin = await serve((_request, response) =>
    response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`),
  );
  await expect(reader([origin])(`${origin}/a`)).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    details: { kind: 'passing', status, code },
  });
});

test.each([
  [400, 'RequestExpired'],
  [403, 'AccessDenied'],
  [403, 'ExpiredToken'],
])('a presigned link that is answered %i %s serves no more', async (status, code) => {
  const origin = await serve((_request, response) =>
    response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`),
  );
  expect(await refusalOf(reader([origin])(`${origin}/a`))).toMatchObject({ reason: 'notReadable', status, code });
});

test.each([
  [404, 'notFound'],
  [410, 'notFound'],
  [401, 'notReadable'],
  [206, 'notReadable'],
  [403, 'notReadable'],
  [412, 'notReadable'],
  [501, 'notReadable'],
  [505, 'notReadable'],
])('an answer %i is a refusal that tells what was answered', async (status, reason) => {
  const headers = { 'x-amz-request-id': 'REQ17', 'content-type': 'application/xml' };
  const body = '<?xml version="1.0"?><Error><Code>NoSuchLuck</Code><Message>sesame</Message></Error>';
  const origin = await serve((_request, response) => response.writeHead(status, headers).end(body));
  const refusal = await refusalOf(reader([origin])(`${origin}/a?sig=sesame`));
  expect(refusal).toMatchObject({ reason, status, code: 'NoSuchLuck', requestId: 'REQ17' });
  expect(refusal.message).toContain(`[status ${status}, NoSuchLuck, request REQ17]`);
  expect(refusal.message).not.toContain('sesame');
});

test.each([408, 425, 429, 500, 502, 503, 504])('an answer %i is worth another try', async (status) => {
  const origin = await serve((_request, response) => response.writeHead(status, { 'retry-after': '7' }).end());
  await expect(reader([origin])(`${origin}/a`)).rejects.toMatchObject({
    details: { kind: 'passing', status, retryAfterMs: 7_000 },
  });
});

test('an empty document and one that is too large are refused by their length', async () => {
  const origin = await serve((request, response) =>
    response.writeHead(200, { 'content-length': request.url === '/e' ? 0 : 2_000 }).end(),
  );
  expect((await refusalOf(reader([origin])(`${origin}/e`))).reason).toBe('empty');
  expect((await refusalOf(reader([origin])(`${origin}/large`))).reason).toBe('tooLarge');
});

test('an empty document is refused where its length is not told', async () => {
  const origin = await serve((_request, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end());
  expect((await refusalOf(reader([origin])(`${origin}/a`))).reason).toBe('empty');
});

test('a redirect to a file is refused, by where it leads', async () => {
  const origin = await serve((_request, response) => response.writeHead(302, { location: 'file:///etc/x' }).end());
  const { reason, message } = await refusalOf(reader([origin])(`${origin}/a`));
  expect(reason).toBe('originNotAllowed');
  expect(message).toMatch(/was refused: file:\/\/ is not in documents\.origins$/);
});

test('an origin that is not named is refused, also behind a redirect, and nothing is asked of it', async () => {
  let asked = 0;
  const other = await serve((_request, response) => response.end(String(asked++)));
  const origin = await serve((_request, response) => response.writeHead(302, { location: `${other}/secret` }).end());
  expect((await refusalOf(reader([origin])(`${other}/a`))).reason).toBe('originNotAllowed');
  expect((await refusalOf(reader([origin])(`${origin}/a`))).reason).toBe('originNotAllowed');
  expect(asked).toBe(0);
});

test('a redirect inside allowed origins is followed, one without an end is not', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/end') response.end('there');
    else response.writeHead(307, { location: request.url === '/a' ? '/end' : '/loop' }).end();
  });
  const open = reader([origin]);
  expect((await buffer((await open(`${origin}/a`)).stream())).toString()).toBe('there');
  expect((await refusalOf(open(`${origin}/loop`))).reason).toBe('notReadable');
});

test('a URL with a password is refused', async () => {
  expect((await refusalOf(reader(['https://example.com'])('https://user:pass@example.com/a'))).reason).toBe(
    'malformed',
  );
});

describe('addresses', () => {
  /** Of the one name that leads to a private address everywhere; only plain http may do so. */
  async function privateOrigin(): Promise<{ origin: string; connections: () => number }> {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections++;
      socket.destroy();
    }).listen(0, 'localhost');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
    return { origin, connections: () => connections };
  }

  test('an allowed origin whose name leads to a private address is refused', async () => {
    const { origin, connections } = await privateOrigin();
    expect((await refusalOf(reader([origin])(`${origin}/a`))).reason).toBe('addressNotAllowed');
    expect(connections()).toBe(0);
  });

  test('a private address behind the redirect of an allowed origin is refused', async () => {
    const { origin, connections } = await privateOrigin();
    let asked = 0;
    const allowed = await serve((_request, response) => {
      asked++;
      response.writeHead(302, { location: `${origin}/secret` }).end();
    });
    expect((await refusalOf(reader([allowed, origin])(`${allowed}/a`))).reason).toBe('addressNotAllowed');
    expect([asked, connections()]).toEqual([1, 0]);
  });

  test('where private addresses are allowed, it is asked', async () => {
    const { origin, connections } = await privateOrigin();
    const storage = new Storage({ documents: { origins: [origin], privateAddresses: true } });
    onTestFinished(() => storage.close());
    const opening = storage.openDocument(`${origin}/a`, { signal, maxBytes: 10 });
    await expect(opening).rejects.not.toBeInstanceOf(UnstructuredDocumentRefusedError);
    expect(connections()).toBeGreaterThan(0);
  });
});
