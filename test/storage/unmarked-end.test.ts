// A document whose answer does not tell where it ends is refused: one that was cut would pass for whole.
import { type AddressInfo, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
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

test('a dispatcher of one’s own is judged by what was seen to go over HTTP/1', async () => {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  expect((await refusalOf(open(await serve([]), agent))).reason).toBe('notReadable');

  const mock = new MockAgent();
  mock.disableNetConnect();
  onTestFinished(() => mock.close());
  mock.get('https://files.invalid').intercept({ path: '/a.pdf' }).reply(200, 'text').times(2);
  expect(String(await buffer((await open('https://files.invalid', mock)).stream()))).toBe('text');
});
