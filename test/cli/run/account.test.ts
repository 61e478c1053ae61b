// The command asks the API through the proxy of the environment; what runs on this machine, it asks without.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openAccount } from '../../../src/cli/run/account';
import { realScenario } from '../../../src/cli/demo/scenario';
import { Cleanup } from '../../../src/cli/support/cleanup';
import { readAccount } from '../../../src/cli/support/named-account';
import { FakeUnstructured } from '../../../src/testing';

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
const { signal } = new AbortController();

beforeEach(() => VARIABLES.forEach((name) => vi.stubEnv(name, undefined)));
afterEach(() => vi.unstubAllEnvs());

/** A proxy of the environment that lets nothing through; what it was asked for. */
async function startProxy(): Promise<string[]> {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(403).end();
  }).on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.on('error', () => undefined).end('HTTP/1.1 403 No\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => proxy.close().closeAllConnections());
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, url);
  return asked;
}

async function opening(env: Record<string, string> | undefined) {
  const cleanup = new Cleanup();
  onTestFinished(() => cleanup.run());
  return openAccount(env && readAccount({ UNSTRUCTURED_API_KEY: 'key-of-the-test', ...env }), { cleanup, signal });
}

test('the API is asked through the proxy, and its refusal is told', async () => {
  const asked = await startProxy();
  await expect(opening({ UNSTRUCTURED_API_URL: 'https://eu.example.com' })).rejects.toThrow(
    /^https:\/\/eu\.example\.com can't be used: .*the proxy refused the connection with status 403/,
  );
  expect(asked).toEqual(['eu.example.com:443']);
});

test('a host of NO_PROXY is asked without it', async () => {
  const asked = await startProxy();
  vi.stubEnv('NO_PROXY', 'eu.invalid');
  await expect(opening({ UNSTRUCTURED_API_URL: 'https://eu.invalid' })).rejects.toThrow(/host name/);
  expect(asked).toEqual([]);
});

test('a fake API on this machine is asked without it, the own one and another', async () => {
  const asked = await startProxy();
  const api = await FakeUnstructured.start({ apiKey: 'key-of-the-test' });
  onTestFinished(() => api.close());
  await opening({ UNSTRUCTURED_API_URL: api.url });
  const { account } = await opening(undefined);
  expect(account).not.toHaveProperty('proxy');
  expect(api.requests).toHaveLength(1);
  expect(asked).toEqual([]);
});

test('the demo asks for a real job through the proxy', () => {
  const account = readAccount({ UNSTRUCTURED_API_KEY: 'key-of-the-test' })!;
  const scenario = realScenario({ ...account, jobId: 'j' });
  expect(scenario.account).toEqual({ apiKey: 'key-of-the-test', proxy: 'env' });
});

test('a proxy that is no address is told of by its variables, without its password', () => {
  vi.stubEnv('HTTPS_PROXY', 'http://user:sesame@[broken');
  expect(() => readAccount({ UNSTRUCTURED_API_KEY: 'key-of-the-test' })).toThrow(
    /^HTTPS_PROXY or HTTP_PROXY is not a usable proxy address\.$/,
  );
});
