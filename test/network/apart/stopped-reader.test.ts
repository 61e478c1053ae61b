// A very large answer of which nothing is read for a while waits on its way, and not in the memory of the process.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import type { Stopped } from './stopped-reader-program';

const run = promisify(execFile);
const MIB = 1_024 * 1_024;
const LARGE = 200 * MIB;
const SMALL = 'small.json';

test.each(['download', 'document'])('%s', { timeout: 120_000 }, async (transfer) => {
  await using server = await serve();
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: server.certificate };
  const program = join(__dirname, 'stopped-reader-program.ts');
  const given = ['--expose-gc', '--import', 'tsx', program, transfer, server.origin, SMALL];
  const { stdout } = await run(process.execPath, given, { env });
  const { read, resident, external } = JSON.parse(stdout) as Stopped;
  expect(read).toBe(LARGE);
  expect(external).toBeLessThan(16 * MIB);
  // The heap and its garbage count here, too.
  expect(resident).toBeLessThan(64 * MIB);
});

/** JSON of 200 MiB by any name but that of a small one. */
async function serve() {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const server: Server = createServer({ key, cert }, (request, response) => {
    const bytes = request.url?.includes(SMALL) ? MIB : LARGE;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes });
    Readable.from(piecesOf(bytes)).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'stopped-'));
  const certificate = join(folder, 'ca.pem');
  await writeFile(certificate, cert);
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** One very long string. */
function* piecesOf(bytes: number): Generator<Buffer> {
  const size = 65_536;
  for (let at = 0; at < bytes; at += size) {
    const piece = Buffer.alloc(size, 'x');
    if (at === 0) piece.write('"');
    if (at + size === bytes) piece.write('"', size - 1);
    yield piece;
  }
}
