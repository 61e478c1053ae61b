// A certificate that nobody vouches for does not change by trying again: a document behind it is refused, by its code.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { S3Source } from '../../src/storage/s3';
import { Storage } from '../../src/storage/storage';
import { temporaryFolder } from '../testing/temporary-folder';
import { refusalOf, signal } from './support';

async function selfSigned(): Promise<string> {
  const folder = await temporaryFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (_request, response) =>
    response.end('text'),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('of a link', async () => {
  const origin = await selfSigned();
  const storage = new Storage({ documents: { origins: [origin] } });
  onTestFinished(() => storage.close());
  const opening = storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: 10 });
  expect(await refusalOf(opening)).toMatchObject({ reason: 'notReadable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('of a server of S3', async () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new S3Client({ endpoint: await selfSigned(), region: 'us-east-1', forcePathStyle: true, credentials });
  onTestFinished(() => client.destroy());
  const opening = new S3Source({ client, allowed: ['s3://inbox/'] }).open('s3://inbox/a.pdf', { signal });
  expect(await refusalOf(opening)).toMatchObject({ reason: 'notReadable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});
