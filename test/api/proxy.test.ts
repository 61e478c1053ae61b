import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UnstructuredConnectionError, UnstructuredValidationError } from '../../src/core/errors';
import { JOB_ID, clientOf, getJobError, serve, serveTcp, wireJob } from './support';

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

beforeEach(() => VARIABLES.forEach((name) => vi.stubEnv(name, undefined)));
afterEach(() => vi.unstubAllEnvs());

/** A proxy that tunnels to this machine, whatever the host's name, or answers with `refusal`. */
async function startProxy(tunnels: string[], refusal?: number): Promise<string> {
  const proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    socket.on('error', () => undefined);
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const { port } = new URL(`http://${request.url ?? ''}`);
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://user:sesame@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

describe('the proxy of the environment', () => {
  it('carries the requests where asked for', async () => {
    const tunnels: string[] = [];
    vi.stubEnv('HTTP_PROXY', await startProxy(tunnels));
    const { port } = new URL(await serve((_request, response) => response.end(JSON.stringify(wireJob()))));
    const client = clientOf(`http://unstructured.example:${port}`, { proxy: 'env', allowInsecureHttp: true });
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
    expect(tunnels).toEqual([`unstructured.example:${port}`]);
  });

  it('never sees what goes unencrypted to this machine: the key would leave it', async () => {
    const tunnels: string[] = [];
    vi.stubEnv('HTTP_PROXY', await startProxy(tunnels));
    const { port } = new URL(await serve((_request, response) => response.end(JSON.stringify(wireJob()))));
    for (const host of ['127.0.0.1', 'localhost'])
      await clientOf(`http://${host}:${port}`, { proxy: 'env' }).getJob(JOB_ID);
    expect(tunnels).toEqual([]);
  });

  it('is left alone where not asked for, or named in NO_PROXY', async () => {
    const tunnels: string[] = [];
    vi.stubEnv('HTTP_PROXY', await startProxy(tunnels));
    const { port } = new URL(await serve((_request, response) => response.end(JSON.stringify(wireJob()))));
    // This machine, but not to look at.
    const baseUrl = `http://0.0.0.0:${port}`;
    await clientOf(baseUrl, { allowInsecureHttp: true }).getJob(JOB_ID);
    vi.stubEnv('NO_PROXY', '0.0.0.0');
    await clientOf(baseUrl, { proxy: 'env', allowInsecureHttp: true }).getJob(JOB_ID);
    expect(tunnels).toEqual([]);
  });

  it.each([
    [403, true],
    [407, true],
    [301, true],
    [204, true],
    [501, true],
    [429, undefined],
    [502, undefined],
    [504, undefined],
  ])('that refuses by %i is a connection error that says so, without its password', async (status, wrongSetup) => {
    vi.stubEnv('HTTPS_PROXY', await startProxy([], status));
    const error = await getJobError('https://unstructured.example', { proxy: 'env' });
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.message).toContain(`the proxy refused the connection with status ${status}`);
    expect(error.message.includes('check the user and password')).toBe(status === 407);
    expect(error.message).not.toContain('sesame');
    expect(error.details).toMatchObject({ notSent: true });
    expect(error.details.wrongSetup).toBe(wrongSetup);
    expect(error.details.status, 'of the API').toBeUndefined();
  });

  it('is bound to the time-outs', async () => {
    vi.stubEnv('HTTPS_PROXY', await startProxy([]));
    const silent = (await serveTcp(() => undefined)).replace('http:', 'https:');
    // Below undici's own 10 seconds, which would give the same code.
    const error = await getJobError(silent, { proxy: 'env', timeouts: { connect: 300, total: '5 seconds' } });
    expect(error.details).toMatchObject({ kind: 'timeout', code: 'UND_ERR_CONNECT_TIMEOUT' });
  });

  it('that is no address is refused without its password', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://user:sesame@[broken');
    const create = () => clientOf('https://unstructured.example', { proxy: 'env' });
    expect(create).toThrow(UnstructuredValidationError);
    expect(create).not.toThrow(/sesame/);
  });
});
