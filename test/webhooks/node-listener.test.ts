import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { buffer, json, text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { createWebhookHandler, type NodeListener, toNodeListener } from '../../src/webhooks';
import { bodyOf, clientWith, headersOf, JOB_ID, SECRET } from './support';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

function setUp() {
  const { client, signals } = clientWith({ running: [`unstructured-job-${JOB_ID}`] });
  const errors: Error[] = [];
  const handler = createWebhookHandler({ client, secret: SECRET, onError: (error) => void errors.push(error) });
  return { listener: toNodeListener(handler), signals, errors };
}

function post(url: string, body = bodyOf(), headers: Record<string, string> = headersOf(body)): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

type Parser = (request: IncomingMessage & { body?: unknown; rawBody?: unknown }) => Promise<void> | void;

/** As a framework calls them: one after the other. */
function after(parser: Parser, listener: NodeListener): RequestListener {
  return (request, response) => void Promise.resolve(parser(request)).then(() => listener(request, response));
}

test('a delivery over HTTP makes the waiter look', async () => {
  const { listener, signals } = setUp();
  const response = await post(await serve(listener));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ result: 'signalled', waiters: 1 });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(signals).toHaveLength(1);
});

test('a body that comes in pieces, with characters cut in two, is one', async () => {
  const { listener } = setUp();
  const url = await serve(listener);
  const body = Buffer.from(`{"type":"job.completed","job":{"job_id":"${JOB_ID}","name":"Köln"}}`);
  const request = httpRequest(url, { method: 'POST', headers: headersOf(body) });
  const cut = body.indexOf('ö') + 1;
  request.write(body.subarray(0, cut));
  await new Promise((resolve) => setTimeout(resolve, 20));
  request.end(body.subarray(cut));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(await json(response)).toEqual({ result: 'signalled', waiters: 1 });
});

test('two lines of signatures are read, whatever the case of their names', async () => {
  const { listener } = setUp();
  const body = bodyOf();
  const { 'webhook-signature': signature, ...rest } = headersOf(body);
  const headers = { ...rest, 'Webhook-Signature': ['v1,AAAA', signature] };
  const request = httpRequest(await serve(listener), { method: 'POST', headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
});

const parseJson: Parser = async (request) => {
  request.body = await json(request);
};

const readByte: Parser = async (request) => {
  await once(request, 'readable');
  request.read(1);
};

describe('a body that was read before', () => {
  it.each<[string, Parser]>([
    ['a JSON parser', parseJson],
    ['a parser of text', async (request) => void (request.body = await text(request))],
    ['somebody who kept nothing', (request) => text(request).then(() => {})],
    ['somebody who read a part', readByte],
  ])('by %s is answered with 500 and how to mount it', async (_, parser) => {
    const { listener, signals, errors } = setUp();
    const response = await post(await serve(after(parser, listener)));
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: expect.stringContaining('before any body parser') });
    expect(errors).toHaveLength(1);
    expect(signals).toEqual([]);
  });

  it.each<[string, Parser]>([
    ['body', async (request) => void (request.body = Buffer.from(await text(request)))],
    [
      'rawBody, beside what was parsed',
      async (request) => {
        request.rawBody = Buffer.from(await text(request));
        request.body = JSON.parse(String(request.rawBody)) as unknown;
      },
    ],
    ['rawBody, in an array', async (request) => void (request.rawBody = Uint8Array.from(await buffer(request)))],
    ['rawBody, as a text', async (request) => void (request.rawBody = await text(request))],
  ])('is fine where its bytes are in %s', async (_, parser) => {
    const { listener } = setUp();
    expect((await post(await serve(after(parser, listener)))).status).toBe(200);
  });

  it('is answered with 413 where its text in rawBody is too large', async () => {
    const { listener } = setUp();
    const parser: Parser = async (request) => void (request.rawBody = await text(request));
    expect((await post(await serve(after(parser, listener)), 'ö'.repeat(128 * 1_024 + 1))).status).toBe(413);
  });

  it('is none where a parser left it alone', async () => {
    const { listener } = setUp();
    expect((await post(await serve(after((request) => void (request.body = {}), listener)))).status).toBe(200);
  });
});

test.each<BufferEncoding>(['utf8', 'latin1', 'hex', 'base64'])(
  'a body that arrives as text, because the encoding %s was set, is read',
  async (encoding) => {
    const { listener, errors } = setUp();
    const url = await serve(after((request) => void request.setEncoding(encoding), listener));
    const response = await post(
      url,
      JSON.stringify({ type: 'job.completed', job: { job_id: JOB_ID, name: 'Kraków' } }),
    );
    expect([response.status, await response.json()]).toEqual([200, { result: 'signalled', waiters: 1 }]);
    expect((await post(url, 'é'.repeat(140 * 1_024))).status).toBe(413);
    expect(errors).toEqual([]);
  },
);

test('no more of a body is taken from the connection than the handler reads', async () => {
  let taken = 0;
  const incoming = new Readable({
    read: () => void incoming.push((taken += 1) > 500 ? null : Buffer.alloc(64 * 1_024)),
  });
  const request = Object.assign(incoming, { method: 'POST', url: '/', headers: {} }) as unknown as IncomingMessage;
  const read = vi.fn();
  const response = { destroy: vi.fn() };
  toNodeListener(async ({ body }) => {
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    read(await reader.read());
    for (let turns = 0; turns < 50; turns++) await setImmediate();
    read(await reader.read());
    throw new Error('enough');
  })(request, response as unknown as ServerResponse);
  await vi.waitFor(() => expect(response.destroy).toHaveBeenCalled());
  expect(read).toHaveBeenCalledTimes(2);
  expect(taken).toBeLessThan(10);
});

test('a delivery over HTTP/2 makes the waiter look', async () => {
  const { listener, signals } = setUp();
  const server = createHttp2Server((request, response) => {
    listener(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(() => {
    session.destroy();
    server.close();
  });
  const stream = session.request({ ':method': 'POST', ':path': '/hook', ...headersOf(bodyOf()) });
  stream.end(bodyOf());
  const answered = Promise.race([once(stream, 'response'), once(stream, 'close').then(() => [{}])]);
  const [headers] = (await answered) as [Record<string, unknown>];
  expect(headers[':status']).toBe(200);
  expect(await json(stream)).toEqual({ result: 'signalled', waiters: 1 });
  expect(signals).toHaveLength(1);
});

describe('a body that is too large', () => {
  it('is answered with 413, and not read on', async () => {
    const { listener } = setUp();
    let server: IncomingMessage | undefined;
    const url = await serve((request, response) => {
      server = request;
      listener(request, response);
    });
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n');
    socket.write(Buffer.alloc(257 * 1_024, 'x')); // and nothing more, until the answer is there
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
    socket.on('error', () => {}); // a reset is as good an end
    await once(socket, 'close');
    expect(server?.complete).toBe(false);
  });

  it('is refused, too, where a parser kept its bytes', async () => {
    const { listener } = setUp();
    const parser: Parser = async (request) => void (request.rawBody = Buffer.from(await text(request)));
    expect((await post(await serve(after(parser, listener)), 'x'.repeat(256 * 1_024 + 1))).status).toBe(413);
  });
});

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'TRACE'])('a %s is answered with 405', async (method) => {
  const { listener } = setUp();
  const request = httpRequest(await serve(listener), { method });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe('POST');
  expect((await text(response)) === '').toBe(method === 'HEAD');
});

test('a sender that goes away in the middle harms nobody', async () => {
  const { listener, signals, errors } = setUp();
  const url = await serve(listener);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"type":');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  expect((await post(url)).status).toBe(200);
  expect(signals).toHaveLength(1);
  expect(errors).toEqual([]);
});

test('connections are kept for the next delivery', async () => {
  const { listener } = setUp();
  const response = await post(await serve(listener));
  expect(response.headers.get('connection')).not.toBe('close');
});

test.each(['//', '*', '/hook?a=b#c', '/%'])('the address %s is as good as any', async (path) => {
  const { listener } = setUp();
  const body = bodyOf();
  const { port } = new URL(await serve(listener));
  const request = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers: headersOf(body) });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
});

test('a handler that fails all the same ends the connection', async () => {
  const url = await serve(toNodeListener(() => Promise.reject(new Error('no'))));
  await expect(post(url)).rejects.toThrow();
});
