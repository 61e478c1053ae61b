import { createServer, type OutgoingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';

/** What a server of S3's protocol answers. */
export interface S3Answer {
  status: number;
  code?: string;
  headers?: OutgoingHttpHeaders;
  more?: string;
  /** The whole body, in place of an error's. */
  page?: string;
}

/** A server that answers every request so, and a client of it. */
export async function servingS3(
  { status, code, headers, more = '', page }: S3Answer,
  config: S3ClientConfig = {},
): Promise<S3Client> {
  const listener: RequestListener = (request, response) => {
    const body =
      page ?? (code && `<?xml version="1.0"?><Error><Code>${code}</Code><Message>told</Message>${more}</Error>`);
    request.resume();
    request.once('end', () =>
      response
        .writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'REQ17', ...headers })
        .end(request.method === 'HEAD' ? undefined : body),
    );
  };
  return clientOfServer(listener, config);
}

/** A client of a server of its own. */
export async function clientOfServer(listener: RequestListener, config: S3ClientConfig = {}): Promise<S3Client> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...config,
  });
  onTestFinished(() => {
    client.destroy();
    server.close().closeAllConnections();
  });
  return client;
}
