/** Raw servers and small helpers for tests of the client. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { UnstructuredClient, type UnstructuredClientOptions } from '../../src/api/client';
import { UnstructuredApiError } from '../../src/core/errors';

export const JOB_ID = '2f1c9d1e-7e8d-4c7b-9f51-0a5d3c1b2e4f';
export const API_KEY = 'plAnted-K3y.with/odd+chars=&"x';

/** A job as the API sends it. */
export function wireJob(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: JOB_ID,
    workflow_id: '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c',
    workflow_name: 'Job 2f1c9d1e',
    status: 'IN_PROGRESS',
    created_at: '2025-09-10T21:34:39.811955Z',
    runtime: null,
    input_file_ids: ['a-d88db765.pdf'],
    output_node_files: [{ node_id: '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d', file_id: 'a-d88db765.pdf' }],
    job_type: 'ephemeral',
    ...fields,
  };
}

/** Serves until the test ends. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server);
}

/** Answers each request with JSON. */
export function serveJson(json: unknown, status = 200, headers: Record<string, string> = {}): Promise<string> {
  return serve((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
  });
}

/** A server that speaks whatever `onSocket` says. */
export async function serveTcp(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listen(server);
}

async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client that is closed when the test ends. */
export function clientOf(baseUrl: string, options: Partial<UnstructuredClientOptions> = {}): UnstructuredClient {
  const client = new UnstructuredClient({ apiKey: API_KEY, baseUrl, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The error that a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<UnstructuredApiError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof UnstructuredApiError) return error;
  throw new Error('no UnstructuredApiError', { cause: error });
}

/** The error of one `getJob` against `baseUrl`. */
export function getJobError(
  baseUrl: string,
  options: Partial<UnstructuredClientOptions> = {},
): Promise<UnstructuredApiError> {
  return errorOf(clientOf(baseUrl, options).getJob(JOB_ID));
}
