// A document whose answer does not tell where it ends is refused: one that was cut would pass for whole.
import { createSecureServer } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { Agent, type Dispatcher, MockAgent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { Storage } from '../../src/storage/storage';
import { refusalOf, signal } from './support';

/** Answers with these headers and `body`, and closes. */
async function serve(headers: string[], body = 'text'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(['HTTP/1.1 200 OK', ...headers, '', body].join('\r\n')));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(origin: string, dispatcher?: Dispatcher) {
  const storage = new Storage({ documents: { origins: [origin] } }, { dispatcher });
  onTestFinished(() => storage.close());
  return storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: 10 });
}

test.each([
  ['nothing', []],
  ['that it closes', ['connection: close']],
  ['another coding than chunks', ['transfer-encoding: gzip']],
  ['a type alone', ['content-type: application/pdf']],
])('%s tells no end', async (_, headers) => {
  const refusal = await refusalOf(open(await serve(headers)));
  expect(refusal).toMatchObject({
    reason: 'notReadable',
    message: expect.stringContaining('neither its length') as unknown,
  });
});

test.each([
  ['a length', ['content-length: 4'], 'text'],
  ['chunks', ['transfer-encoding: chunked'], '4\r\ntext\r\n0\r\n\r\n'],
  ['chunks in capitals', ['Transfer-Encoding: Chunked'], '4\r\ntext\r\n0\r\n\r\n'],
])('%s tells it', async (_, headers, body) => {
  const document = await open(await serve(headers, body));
  expect(String(await buffer(document.stream()))).toBe('text');
});

test.each([
  ['of one’s own', (agent: Agent) => agent],
  [
    'with an interceptor that renames us',
    (agent: Agent) =>
      agent.compose((dispatch) => (options, handler) => {
        return dispatch({ ...options, headers: { 'user-agent': 'corp/1.0' } }, handler);
      }),
  ],
])('a dispatcher %s is judged by the protocol that was seen', async (_, compose) => {
  const agent = new Agent({ connect: { rejectUnauthorized: false }, allowH2: true });
  onTestFinished(() => agent.destroy());
  const dispatcher = compose(agent);
  expect((await refusalOf(open(await serve([]), dispatcher))).reason).toBe('notReadable');
  expect(String(await buffer((await open(await serveHttp2(), dispatcher)).stream()))).toBe('text');
});

test('a dispatcher whose protocol was not seen may take an end for whole', async () => {
  const mock = new MockAgent();
  mock.disableNetConnect();
  onTestFinished(() => mock.close());
  const pool = mock.get('https://files.invalid');
  pool.intercept({ path: '/a.pdf' }).reply(200, 'text');
  expect((await refusalOf(open('https://files.invalid', mock))).reason).toBe('notReadable');
});

/** HTTP/2, which marks each end. */
async function serveHttp2(): Promise<string> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
  const server = createSecureServer({ cert, key }, (_request, response) => response.end('text')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
