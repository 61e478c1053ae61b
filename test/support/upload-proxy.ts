import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What stands between a client and a service, and breaks one large upload in the middle. */
export interface UploadProxy {
  readonly url: string;
  /** URL of the service; to be set before the first request. */
  target: string;
  /** Whether an upload has come to its middle. */
  isReached: boolean;
}

/**
 * Passes everything on, but for the first connection that has sent so many bytes: it is reset, or stands still. Closed at the end of the test.
 * @param onFinished Tests that run side by side pass their own
 */
export async function uploadProxy(
  afterBytes: number,
  then: 'reset' | 'stall',
  onFinished = onTestFinished,
): Promise<UploadProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const { hostname, port } = new URL(proxy.target);
    const service = connect(Number(port), hostname);
    let bytes = 0;
    for (const socket of [client, service]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, service].forEach((end) => end.destroy()));
    }
    service.pipe(client);
    client.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (proxy.isReached || bytes < afterBytes) return void service.write(chunk);
      proxy.isReached = true;
      if (then === 'reset') client.resetAndDestroy();
      else client.pause();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const proxy: UploadProxy = { url: `http://127.0.0.1:${port}`, target: '', isReached: false };
  return proxy;
}
