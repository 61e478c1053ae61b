import { S3Client } from '@aws-sdk/client-s3';
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3_SERVER } from '../../../../scripts/servers/build-s3-server';
import { freePort } from '../../../support/free-port';

export interface S3Server extends AsyncDisposable {
  client: S3Client;
  /** What leads a program to it. */
  env: Record<string, string>;
}

const CREDENTIALS = { accessKeyId: 'test-access', secretAccessKey: 'test-secret' };

/** A real S3-compatible server over a folder. */
export async function startS3Server(folder: string): Promise<S3Server> {
  const [root, sidecar] = [join(folder, 'data'), join(folder, 'metadata')];
  for (const path of [root, sidecar]) await mkdir(path);
  const port = await freePort();
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const account = ['--access', accessKeyId, '--secret', secretAccessKey];
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', ...account, 'posix', '--sidecar', sidecar, root];
  const server = spawn(S3_SERVER, args, { stdio: 'ignore' });
  await listening(port);
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: CREDENTIALS,
  });
  return {
    client,
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.kill();
      await new Promise((resolve) => server.once('exit', resolve));
    },
  };
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.unref();
    });
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error(`The S3 server does not listen on port ${port}`);
}
