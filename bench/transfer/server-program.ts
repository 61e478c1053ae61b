/** An API on loopback with a finished job of many large outputs, which also takes any upload: as little work as can be. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerOptions {
  outputs: number;
  outputBytes: number;
  /** Until the first byte of an output. */
  firstByteMs: number;
  /** A start that brings less is refused. */
  uploadBytes: number;
}

export interface ServedJob {
  url: string;
  jobId: string;
  fileIds: string[];
  /** Of each output, as it is served. */
  outputBytes: number;
}

const NODE_ID = '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d';

function serve({ outputs, outputBytes, firstByteMs, uploadBytes }: ServerOptions): void {
  const jobId = randomUUID();
  const fileIds = Array.from({ length: outputs }, (_, index) => `report-${index}-${randomUUID().slice(0, 8)}.pdf`);
  const output = elements(outputBytes);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    if (pathname.endsWith('/download')) {
      await sleep(firstByteMs);
      send(response, output);
    } else if (pathname.endsWith('/details')) {
      send(response, JSON.stringify({ id: jobId, processing_status: 'SUCCESS', node_stats: [], message: null }));
    } else if (request.method === 'POST') {
      const bytes = await drained(request);
      if (bytes < uploadBytes) response.writeHead(400).end(`{"detail":"only ${bytes} bytes came"}`);
      else send(response, job(randomUUID(), 'COMPLETED', []));
    } else {
      const id = pathname.split('/').pop() ?? '';
      send(response, job(id, 'COMPLETED', id === jobId ? fileIds : []));
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const served: ServedJob = { url, jobId, fileIds, outputBytes: output.length };
    process.send?.(served);
  });
}

async function drained(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await once(request, 'end');
  return bytes;
}

function send(response: ServerResponse, body: Buffer | string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

function job(id: string, status: string, fileIds: string[]): string {
  return JSON.stringify({
    id,
    workflow_id: randomUUID(),
    workflow_name: 'Bench',
    status,
    created_at: new Date().toISOString(),
    input_file_ids: fileIds,
    output_node_files: fileIds.map((fileId) => ({
      node_id: NODE_ID,
      file_id: fileId,
      node_type: 'partition',
      node_subtype: 'unstructured_api',
    })),
    job_type: 'template',
  });
}

/** Elements as the API gives them, of about so many bytes. */
function elements(bytes: number): Buffer {
  const one = JSON.stringify({
    type: 'NarrativeText',
    element_id: '1b6b9a3f0d5e4c7a8f2e6d1c0b9a8f7e',
    text: 'The quarterly figures, said the "report", are up by 3 % – more than \\ anyone had expected. '.repeat(6),
    metadata: { filename: 'report.pdf', filetype: 'application/pdf', page_number: 7, languages: ['eng'] },
  });
  const count = Math.max(1, Math.floor(bytes / (one.length + 1)));
  return Buffer.from(`[${Array.from({ length: count }, () => one).join(',')}]`);
}

process.on('disconnect', () => process.exit());
process.once('message', (options: ServerOptions) => serve(options));
