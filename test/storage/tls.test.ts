// A TLS connection that never comes about does not by trying again: a document behind it is refused, by its code.
import { randomUUID } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { type CertificateExtension, generate } from 'selfsigned';
import { Agent } from 'undici';
import { expect, it, onTestFinished, test } from 'vitest';
import { UnstructuredClient } from '../../src/api/client';
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

const authority = (pathLenConstraint?: number): CertificateExtension => ({
  name: 'basicConstraints',
  cA: true,
  critical: true,
  ...(pathLenConstraint !== undefined && { pathLenConstraint }),
});

async function refusalOfLink(origin: string, dispatcher?: Agent) {
  const storage = new Storage({ documents: { origins: [origin] } }, { dispatcher });
  onTestFinished(() => storage.close());
  return refusalOf(storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: 10 }));
}

it('of a link', async () => {
  const { message, ...refusal } = await refusalOfLink(await selfSigned());
  expect(refusal).toMatchObject({ reason: 'notReadable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(message).toContain('its server presents no trusted certificate');
});

test.each<[string, RegExp, CertificateExtension[], CertificateExtension[]]>([
  ['that may sign no other one', /^PATH_LENGTH_EXCEEDED$/, [authority(0)], [authority()]],
  ['that is none', /^(INVALID_CA|UNSPECIFIED)$/, [authority()], []],
])('of a link whose certificate was signed by an authority %s', async (_, codes, ofRoot, ofNext) => {
  const code = expect.stringMatching(codes) as string;
  const root = await generate([{ name: 'commonName', value: 'root' }], {
    extensions: ofRoot,
    keyType: 'ec',
    algorithm: 'sha256',
  });
  const signed = { ca: { key: root.private, cert: root.cert } };
  const next = await generate([{ name: 'commonName', value: 'next' }], {
    extensions: ofNext,
    keyType: 'ec',
    algorithm: 'sha256',
    ...signed,
  });
  const leaf = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: next.private, cert: next.cert },
  });
  const { url } = await serveTls(() => undefined, { key: leaf.private, cert: `${leaf.cert}\n${next.cert}` });
  const dispatcher = new Agent({ connect: { ca: root.cert } });
  onTestFinished(() => dispatcher.destroy());
  expect(await refusalOfLink(url, dispatcher)).toMatchObject({ reason: 'notReadable', code });
  const client = new UnstructuredClient({ apiKey: 'key-12345678', baseUrl: url, dispatcher });
  onTestFinished(() => client.close());
  await expect(client.getJob(randomUUID())).rejects.toMatchObject({ details: { code, wrongSetup: true } });
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
