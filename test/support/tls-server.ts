import { createServer, type ServerOptions } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';

/** A server on this machine whose certificate, of that host, nobody knows. Serves until the test ends. */
export async function serveTls(
  listener: RequestListener,
  { host = '127.0.0.1', ...options }: ServerOptions & { host?: string } = {},
): Promise<{ url: string; cert: string }> {
  const altNames = [host === '127.0.0.1' ? { type: 7 as const, ip: host } : { type: 2 as const, value: host }];
  const extensions = [{ name: 'subjectAltName' as const, altNames }];
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], { extensions });
  const server = createServer({ key, cert, ...options }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, cert };
}
