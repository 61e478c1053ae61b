// https: references are read from allowed origins only; redirects and names that lead elsewhere are refused.
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { UnstructuredDocumentRefusedError } from '../../src/core/errors';
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

test('documents that are found hold no connection until they are read', async () => {
  const open = new Set<object>();
  const origin = await serve((_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.writeHead(200, { 'content-length': 1_000_000 }).write('x');
  });
  const storage = new Storage({ documents: { origins: [origin] } });
  onTestFinished(() => storage.close());
  const find = (name: string) => storage.openDocument(`${origin}/${name}`, { signal, maxBytes: 2_000_000 });
  expect([(await find('a')).bytes, (await find('b')).bytes]).toEqual([1_000_000, 1_000_000]);
  await vi.waitFor(() => expect(open.size).toBe(0));
});

test.each<[string, OutgoingHttpHeaders, OutgoingHttpHeaders]>([
  ['another tag', { etag: '"1"' }, { etag: '"2"' }],
  ['another length', { 'content-length': 4 }, { 'content-length': 5 }],
])('a document that has %s by the time it is read is not read', async (_, before, after) => {
  const answers = [before, after];
  const origin = await serve((request, response) => {
    const headers = answers.shift() ?? {};
    const isAnother = request.headers['if-match'] !== undefined && request.headers['if-match'] !== headers['etag'];
    response.writeHead(isAnother ? 412 : 200, headers).end('text\n'.slice(0, Number(headers['content-length'] ?? 4)));
  });
  const document = await reader([origin])(`${origin}/a`);
  await expect(buffer(document.stream())).rejects.toThrow(/answered 412|changed since/);
});

test('a weak tag is no condition', async () => {
  const conditions: unknown[] = [];
  const origin = await serve((request, response) => {
    conditions.push(request.headers['if-match']);
    response.writeHead(200, { etag: 'W/"1"' }).end('text');
  });
  const document = await reader([origin])(`${origin}/a`);
  expect((await buffer(document.stream())).toString()).toBe('text');
  expect(conditions).toEqual([undefined, undefined]);
});

test.each([
  [404, 'notFound'],
  [410, 'notFound'],
  [401, 'notReadable'],
  [206, 'notReadable'],
])('an answer %i is a refusal', async (status, reason) => {
  const origin = await serve((_request, response) => response.writeHead(status).end('x'));
  expect((await refusalOf(reader([origin])(`${origin}/a`))).reason).toBe(reason);
});

test('an answer 503 is worth another try', async () => {
  const origin = await serve((_request, response) => response.writeHead(503).end());
  await expect(reader([origin])(`${origin}/a`)).rejects.toThrow('answered 503');
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

  test('so is one behind the redirect of an allowed origin', async () => {
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
