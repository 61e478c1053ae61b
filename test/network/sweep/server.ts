import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { bodyOf, type Case } from './cases';

/** A name that only the proxy knows. */
export const PROXIED_HOST = 'files.example';

/** Servers that answer as the cases say, byte by byte, and a proxy to them. */
export interface SweepServer {
  plainPort: number;
  tlsPort: number;
  proxyPort: number;
  /** Of the TLS server, in PEM. */
  certificate: string;
  close(): void;
}

export async function startSweepServer(cases: readonly Case[]): Promise<SweepServer> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: PROXIED_HOST }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: PROXIED_HOST },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const sockets = new Set<Socket>();
  const listen = async (onSocket: (socket: Socket) => void): Promise<[Server, number]> => {
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.once('close', () => sockets.delete(socket));
      onSocket(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return [server, (server.address() as AddressInfo).port];
  };
  const [plain, plainPort] = await listen((socket) => serve(socket, socket, cases));
  const [tls, tlsPort] = await listen((raw) =>
    serve(
      new TLSSocket(raw, { isServer: true, key, cert }).on('error', () => undefined),
      raw,
      cases,
    ),
  );
  const [proxy, proxyPort] = await listen(tunnel);
  return {
    plainPort,
    tlsPort,
    proxyPort,
    certificate: cert,
    close: () => {
      for (const socket of sockets) socket.destroy();
      for (const server of [plain, tls, proxy]) server.close();
    },
  };
}

/** @param raw What can be reset, under TLS or not */
function serve(socket: Socket, raw: Socket, cases: readonly Case[]): void {
  let request = '';
  let isAnswered = false;
  socket.on('data', (chunk: Buffer) => {
    request += chunk.toString('latin1');
    while (step());
  });

  /** Whether a request came to its end, and another one may follow at once. */
  function step(): boolean {
    const one = cases[Number(/case-(\d+)-/.exec(request)?.[1] ?? NaN)];
    const end = request.startsWith('POST') ? '\r\n0\r\n\r\n' : '\r\n\r\n';
    const at = request.indexOf(end);
    if (!one || !request.includes('\r\n\r\n')) return false;
    if (!isAnswered && (at >= 0 || one.reader !== 'fast')) {
      isAnswered = true;
      answer(socket, raw, one, Number(/^range: bytes=(\d+)-/im.exec(request)?.[1] ?? 0));
    }
    if (at < 0) return false;
    request = request.slice(at + end.length);
    isAnswered = false;
    return true;
  }
}

/** @param from The first byte that is asked for */
function answer(socket: Socket, raw: Socket, one: Case, from: number): void {
  const { framing, connection, ending, bytes } = one;
  const body = bodyOf(one).subarray(from);
  const status = from > 0 ? '206 Partial Content' : '200 OK';
  const headers = [`HTTP/1.1 ${status}`, 'content-type: application/json', `connection: ${connection}`, 'etag: "1"'];
  if (framing === 'length') headers.push(`content-length: ${bytes - from}`);
  if (from > 0) headers.push(`content-range: bytes ${from}-${bytes - 1}/${bytes}`);
  if (framing === 'chunks') headers.push('transfer-encoding: chunked');
  const head = Buffer.from(`${headers.join('\r\n')}\r\n\r\n`);
  const wire = framing === 'chunks' ? chunksOf(body) : body;
  const sent = ending.endsWith('early') ? wire.subarray(0, wire.length / 2) : wire;
  socket.write(Buffer.concat([head, sent]), () => {
    if (ending.startsWith('ends')) socket.end();
    // A little later, so that it does not overtake what is on its way.
    if (ending.startsWith('resets')) setTimeout(() => raw.resetAndDestroy(), 5);
  });
}

function chunksOf(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 8_000) {
    const part = body.subarray(at, at + 8_000);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** A tunnel to this machine, whatever the name; resets are handed on as resets. */
function tunnel(client: Socket): void {
  client.once('data', (request: Buffer) => {
    const port = Number(/^CONNECT [^ :]+:(\d+)/.exec(request.toString())?.[1]);
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.resetAndDestroy());
    client.on('close', () => upstream.destroy());
  });
}
