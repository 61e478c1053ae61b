// An error says that a request was not sent only where no byte of it can have been received.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { clientOf, errorOf, serve, serveTcp } from './support';

const file = { name: 'a.txt', contentType: 'text/plain', bytes: 3, stream: () => one('abc') };
// eslint-disable-next-line @typescript-eslint/require-await
async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const start = (url: string, options: Parameters<typeof clientOf>[1] = {}, call = {}) =>
  errorOf(clientOf(url, options).createJob({ templateId: 'fast' }, [file], call));

test('a refused connection', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  expect(await start(`http://127.0.0.1:${port}`)).toMatchObject({ details: { kind: 'connection', notSent: true } });
});

test('an unknown host', async () => {
  expect(await start('https://no-such-host.invalid')).toMatchObject({ details: { kind: 'connection', notSent: true } });
});

test('TLS that is none', async () => {
  const url = await serveTcp((socket) => socket.end('HTTP/1.1 400 no TLS here\r\n\r\n'));
  expect(await start(url.replace('http:', 'https:'))).toMatchObject({ details: { kind: 'connection', notSent: true } });
});

test('no free connection in time', async () => {
  const url = await serve(() => undefined);
  const client = clientOf(url, { connections: 1 });
  const blocking = client.createJob({ templateId: 'fast' }, [file], { timeoutMs: 2_000 }).catch(() => undefined);
  const error = await errorOf(client.createJob({ templateId: 'fast' }, [file], { timeoutMs: 300 }));
  expect(error).toMatchObject({ details: { kind: 'timeout', notSent: true } });
  await blocking;
});

test('a closed client, and a key that never comes', async () => {
  const client = clientOf('http://127.0.0.1:9');
  await client.close();
  expect((await errorOf(client.createJob({ templateId: 'fast' }, [file]))).details.notSent).toBe(true);
  const error = await start('http://127.0.0.1:9', { apiKey: () => new Promise(() => undefined) }, { timeoutMs: 200 });
  expect(error.details.notSent).toBe(true);
});

test('a key function that fails', async () => {
  const { details } = await start('http://127.0.0.1:9', { apiKey: () => Promise.reject(new Error('vault sealed')) });
  expect(details).toMatchObject({ kind: 'connection', notSent: true });
});

test.each(['', undefined, 'two words'])('a key function that returns %j is refused, not repeated', async (key) => {
  const { details } = await start('http://127.0.0.1:9', { apiKey: () => key as string });
  expect(details.kind).toBe('authentication');
  expect(details).not.toHaveProperty('status');
  expect(details).not.toHaveProperty('notSent');
});

test.each([['a reset on the first byte', (url: Promise<string>) => url, 'connection']] as const)(
  '%s may have been received',
  async (_, __, kind) => {
    const url = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { details } = await start(url);
    expect(details).toMatchObject({ kind });
    expect(details).not.toHaveProperty('notSent');
  },
);

test.each([502, 408, 503])('an answer %i may come after the start was accepted', async (status) => {
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(status).end();
  });
  const { details } = await start(url);
  expect(details).toMatchObject({ kind: 'server', status });
  expect(details).not.toHaveProperty('notSent');
});

test('a start that hangs may have been received, and so may one whose answer is cut', async () => {
  const hanging = await serve((request) => void request.resume());
  const late = await start(hanging, {}, { timeoutMs: 300 });
  expect(late.details).toMatchObject({ kind: 'timeout' });
  expect(late.details).not.toHaveProperty('notSent');
  const cutting = await serve((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-length': 100 }).write('{');
      setTimeout(() => response.destroy(), 50);
    });
  });
  const cut = await start(cutting);
  expect(cut.details.kind).toBe('response');
  expect(cut.details).not.toHaveProperty('notSent');
});
