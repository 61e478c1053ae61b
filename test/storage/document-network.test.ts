// https documents leave the process as the API's requests do: through the proxy of the environment, or by a dispatcher of one's own.
import { channel } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { Agent, Client, type Dispatcher, Pool } from 'undici';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import type { NetworkOptions } from '../../src/network/options';
import { Storage } from '../../src/storage/storage';
import { refusalOf, signal } from './support';

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
let identity: { cert: string; private: string };

beforeAll(async () => {
  const altNames = [
    { type: 2 as const, value: 'files.example' },
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  identity = await generate([{ name: 'commonName', value: 'files.example' }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
});
beforeEach(() => VARIABLES.forEach((name) => vi.stubEnv(name, undefined)));
afterEach(() => vi.unstubAllEnvs());

/** A server of one document, whose certificate nobody knows; the names it was asked by. */
async function startFiles(): Promise<{ port: number; hosts: (string | undefined)[] }> {
  const hosts: (string | undefined)[] = [];
  const server = createTlsServer({ key: identity.private, cert: identity.cert }, (request, response) => {
    hosts.push(request.headers.host?.split(':')[0]);
    response.writeHead(200, { 'content-length': 4 }).end('text');
  }).listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port, hosts };
}

/** A proxy that tunnels to this machine, whatever the name, or answers with `refusal`; the places it was asked for. */
async function startProxy(refusal?: number): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return asked;
}

function reader(origin: string, network: NetworkOptions, privateAddresses = false) {
  const storage = new Storage({ documents: { origins: [origin], privateAddresses } }, network);
  onTestFinished(() => storage.close());
  return () => storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: 10 });
}

/** An agent that knows the certificate; it looks no name up, as all of them are this machine. */
function trusting(): Agent {
  const lookup = (_name: string, _options: object, done: (...args: unknown[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  const agent = new Agent({ connect: { ca: identity.cert, lookup: lookup as never } });
  onTestFinished(() => agent.destroy());
  return agent;
}

describe('the proxy of the environment', () => {
  it('is asked for documents whose names are known to it alone', async () => {
    const asked = await startProxy();
    const { port } = await startFiles();
    const opening = reader(`https://files.example:${port}`, { proxy: 'env' })();
    // Its certificate is not known here; the tunnel stood by then.
    await expect(opening).rejects.toMatchObject({ details: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    expect(asked).toEqual([`files.example:${port}`]);
  });

  it.each(['localhost', 'a.localhost'])('is not led to its own loopback by %s', async (name) => {
    const asked = await startProxy();
    const refusal = await refusalOf(reader(`https://${name}:1`, { proxy: 'env' })());
    expect(refusal.reason).toBe('addressNotAllowed');
    expect(asked).toEqual([]);
  });

  it.each([302, 403, 405])('that refuses by %i refuses the document', async (status) => {
    await startProxy(status);
    const refusal = await refusalOf(reader('https://files.example', { proxy: 'env' })());
    expect(refusal).toMatchObject({ reason: 'notReadable', status });
    expect(refusal.message).toContain(`the proxy refused the connection with status ${status}`);
  });

  it.each([
    [407, 'credential'],
    [408, 'passing'],
    [503, 'passing'],
  ])('that refuses by %i may let the document through later, as one of the kind %s', async (status, kind) => {
    await startProxy(status);
    await expect(reader('https://files.example', { proxy: 'env' })()).rejects.toMatchObject({
      name: 'UnstructuredStorageError',
      details: { kind, status },
    });
  });

  it('leaves the guard against private addresses to names that go past it', async () => {
    const asked = await startProxy();
    vi.stubEnv('NO_PROXY', 'private.test');
    const open = reader('https://private.test:1', { proxy: 'env' });
    await expect(open()).rejects.toMatchObject({ code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as unknown });
    expect(asked).toEqual([]);
  });

  it('never sees plain http to loopback, nor anything where it is not asked for', async () => {
    const asked = await startProxy();
    vi.stubEnv('HTTP_PROXY', process.env['HTTPS_PROXY']);
    const server = createServer((_request, response) => response.end('text')).listen(0, '127.0.0.1');
    onTestFinished(() => server.close().closeAllConnections());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const document = await reader(`http://127.0.0.1:${port}`, { proxy: 'env' })();
    expect(String(await buffer(document.stream()))).toBe('text');
    await expect(reader('https://files.invalid', {})()).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});

describe('a dispatcher of one’s own', () => {
  test('a dispatcher of one’s own carries documents, with its certificates and its names', async () => {
    const { port, hosts } = await startFiles();
    const document = await reader(`https://files.example:${port}`, { dispatcher: trusting() })();
    expect(String(await buffer(document.stream()))).toBe('text');
    expect(hosts).toEqual(['files.example']);
  });

  it('reaches no name that leads to a private address here, unless that is allowed', async () => {
    const { port, hosts } = await startFiles();
    const origin = `https://localhost:${port}`;
    expect((await refusalOf(reader(origin, { dispatcher: trusting() })())).reason).toBe('addressNotAllowed');
    expect(hosts).toEqual([]);
    expect((await reader(origin, { dispatcher: trusting() }, true)()).bytes).toBe(4);
  });

  it('is watched while it is in use, and not longer; closing leaves it open', async () => {
    const { port } = await startFiles();
    const dispatcher = trusting();
    const storage = new Storage({ documents: { origins: [`https://127.0.0.1:${port}`] } }, { dispatcher });
    const sent = channel('undici:client:sendHeaders');
    const opening = storage.openDocument(`https://127.0.0.1:${port}/a`, { signal, maxBytes: 10 });
    await vi.waitFor(() => expect(sent.hasSubscribers).toBe(true), { interval: 1 });
    await buffer((await opening).stream());
    await vi.waitFor(() => expect(sent.hasSubscribers).toBe(false), { interval: 1 });
    await storage.close();
    expect(dispatcher.closed).toBe(false);
  });

  it('that waits for something first, which fails, fails the opening', async () => {
    const { port } = await startFiles();
    const dispatcher = trusting().compose(
      () => () => Promise.reject(new Error('no token today')) as unknown as boolean,
    );
    await expect(reader(`https://127.0.0.1:${port}`, { dispatcher })()).rejects.toThrow('no token today');
  });

  it.each<[string, (origin: string) => Dispatcher]>([
    ['Pool', (origin) => new Pool(origin)],
    ['Client', (origin) => new Client(origin)],
    ['Pool with interceptors', (origin) => new Pool(origin).compose((dispatch) => dispatch)],
  ])('that is bound to one origin, as a %s, is refused: documents would be asked of the wrong server', (_, create) => {
    const dispatcher = create('https://unstructured.example');
    onTestFinished(() => dispatcher.destroy());
    expect(() => reader('https://files.example', { dispatcher })).toThrow(
      'dispatcher must reach all of documents.origins, as an Agent does; got one that is bound to a single origin',
    );
    expect(() => new Storage({}, { dispatcher })).not.toThrow();
  });
});
