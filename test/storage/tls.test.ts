// A TLS connection that never comes about does not by trying again: a document behind it is refused, by its code.
import type { ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { S3Source } from '../../src/storage/s3';
import { Storage } from '../../src/storage/storage';
import { serveTls } from '../support/tls-server';
import { refusalOf, signal } from './support';

async function listening(server: Server): Promise<number> {
  await new Promise((resolve) => server.listen(0, '127.0.0.1').once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

async function selfSigned(options: ServerOptions = {}): Promise<string> {
  return (await serveTls((_request, response) => response.end('text'), options)).url;
}

async function refusalOfLink(origin: string) {
  const storage = new Storage({ documents: { origins: [origin] } });
  onTestFinished(() => storage.close());
  return refusalOf(storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: 10 }));
}

it('of a link', async () => {
  const { message, ...refusal } = await refusalOfLink(await selfSigned());
  expect(refusal).toMatchObject({ reason: 'notReadable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(message).toContain('its server presents no trusted certificate');
});

const DISAGREEING: [string, ServerOptions, RegExp][] = [
  [
    'a client certificate',
    { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
    /^ERR_SSL_SSL(V3|\/TLS)_ALERT_HANDSHAKE_FAILURE$/,
  ],
  [
    'an old protocol',
    { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
    /^ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION$/,
  ],
];

it.each(DISAGREEING)('of a link whose server wants %s', async (_, options, code) => {
  const { message, ...refusal } = await refusalOfLink(await selfSigned(options));
  expect(refusal).toMatchObject({ reason: 'notReadable', code: expect.stringMatching(code) as string });
  expect(message).toContain('its server and this worker cannot agree on a TLS connection');
});

it('of a link whose server does not speak TLS', async () => {
  const server = createTcpServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\n'));
  onTestFinished(() => void server.close());
  const { message, ...refusal } = await refusalOfLink(`https://127.0.0.1:${await listening(server)}`);
  expect(refusal).toMatchObject({ reason: 'notReadable', code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  expect(message).toContain('its server does not speak TLS');
});

it('of a server of S3', async () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new S3Client({ endpoint: await selfSigned(), region: 'us-east-1', forcePathStyle: true, credentials });
  onTestFinished(() => client.destroy());
  const opening = new S3Source({ client, allowed: ['s3://inbox/'] }).open('s3://inbox/a.pdf', { signal });
  expect(await refusalOf(opening)).toMatchObject({ reason: 'notReadable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});
