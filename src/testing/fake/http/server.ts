import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleControl, isControlPath } from './control';
import { handleRequest } from './handle-request';
import { errorReply } from '../support/reply';
import { send } from './send';
import type { World } from '../world/world';

/** Longer than clients pause between checks in real time, so that no request meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 65_000;

/** Starts a server that answers for `world`. By default, it listens on loopback. */
export async function startServer(
  world: World,
  { port, host, pathPrefix, closing }: { port: number; host: string; pathPrefix: string; closing: AbortSignal },
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const answered = isControlPath(request.url)
      ? handleControl(world, request, response, closing)
      : handleRequest(world, `${pathPrefix}/api/v1`, request, response, closing);
    answered.catch((error: unknown) => reportFailure(request, response, error, closing));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { server, url: `${serverOrigin(server)}${pathPrefix}` };
}

/** Reports a mistake of the test itself, such as a clock that throws, to the client, instead of a silent time-out. */
function reportFailure(request: IncomingMessage, response: ServerResponse, error: unknown, closing: AbortSignal): void {
  if (response.headersSent || request.destroyed) return;
  const detail = `The fake failed: ${error instanceof Error ? error.message : String(error)}`;
  const exchange = { reply: errorReply(500, detail), delivery: { delayMs: 0 } };
  void send(response, exchange, { headers: {}, gzip: false, closing });
}

function serverOrigin(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address] ?? (family === 'IPv6' ? `[${address}]` : address);
  return `http://${host}:${port}`;
}
