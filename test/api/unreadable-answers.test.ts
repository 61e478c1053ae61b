import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UnstructuredResponseError } from '../../src/core/errors';
import { JOB_ID, clientOf, getJobError, serve, serveJson, serveTcp, wireJob } from './support';

const OTHER_ID = '00000000-7e8d-4c7b-9f51-0a5d3c1b2e4f';

function withoutField(name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wireJob()).filter(([field]) => field !== name));
}

describe('an answer that is not what the API promises', () => {
  it.each(['id', 'status'])('lacks %s', async (name) => {
    const error = await getJobError(await serveJson(withoutField(name)));
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain(name);
    expect(error.details.status).toBe(200);
  });

  it.each<[string, unknown, string]>([
    ['is about another job', wireJob({ id: OTHER_ID }), 'another job'],
    ['has an entry without file_id', wireJob({ output_node_files: [{ node_id: 'n' }] }), 'output_node_files.0.file_id'],
    ['has an empty file_id', wireJob({ output_node_files: [{ node_id: 'n', file_id: '' }] }), 'file_id'],
    ['has an object for a list', wireJob({ output_node_files: {} }), 'output_node_files'],
    ['has an empty status', wireJob({ status: '' }), 'status'],
    ['is a list', [wireJob()], 'no job'],
    ['is null', null, 'no job'],
    ['is the note that a run is in progress', { detail: 'There is a run abc in progress. No new job run.' }, 'id'],
  ])('%s', async (_how, json, expected) => {
    const error = await getJobError(await serveJson(json));
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain(expected);
  });

  it.each(['FAILED', 'STOPPED'])('may hide a list, but not that the job is %s', async (status) => {
    const json = wireJob({ status, input_file_ids: 7, output_node_files: [{ node_id: 'n', file_id: null }] });
    const job = await clientOf(await serveJson(json)).getJob(JOB_ID);
    expect(job).toMatchObject({ status, inputFileIds: null, outputNodeFiles: null });
  });

  it.each<[string, string, string]>([
    ['is a page of HTML', '<html>hidden</html>', 'no valid JSON but text/html'],
    ['is broken JSON', '{"id": "hidden', 'no valid JSON but text/html'],
    ['is empty', '', 'no body'],
  ])('%s', async (_how, body, expected) => {
    const error = await getJobError(
      await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html; a=b' }).end(body)),
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain(expected);
    expect(error.message).not.toContain('hidden');
  });

  it('is no UTF-8', async () => {
    const body = Buffer.from(JSON.stringify(wireJob({ workflow_name: 'Größe' })), 'latin1');
    const error = await getJobError(await serve((_request, response) => response.end(body)));
    expect(error).toBeInstanceOf(UnstructuredResponseError);
  });

  it('is shorter than it said', async () => {
    const error = await getJobError(
      await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 1_000 }).write('{"id":');
        response.socket?.end();
      }),
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain('broke off');
  });

  it('is no HTTP', async () => {
    const error = await getJobError(
      await serveTcp((socket) => socket.once('data', () => socket.end('SMTP hidden\r\n\r\n'))),
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).not.toContain('hidden');
  });

  it('has a broken or unknown encoding', async () => {
    const job = gzipSync(JSON.stringify(wireJob()));
    const answer = (encoding: string, body: Buffer) =>
      serve((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
    for (const baseUrl of [
      await answer('gzip', job.subarray(0, 40)),
      await answer('br', job),
      await answer('rot13', job),
    ])
      expect(await getJobError(baseUrl)).toBeInstanceOf(UnstructuredResponseError);
  });
});

it('an answer in an unknown encoding is told by its header, not by its status', async () => {
  const answer = (_request: unknown, response: ServerResponse) =>
    response.writeHead(200, { 'content-encoding': 'rot13' }).end('{}');
  const { message } = await getJobError(await serve(answer));
  expect(message).toContain('the header Content-Encoding is "rot13"');
  expect(message).not.toContain('200');
});

describe('an answer that is odd but right', () => {
  it.each(['', 'none', 'utf-8', 'UTF-8', 'aws-chunked', 'Identity, none'])(
    'has the encoding "%s"',
    async (encoding) => {
      const answer = (_request: unknown, response: ServerResponse) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(JSON.stringify(wireJob()));
      expect(await clientOf(await serve(answer)).getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
    },
  );

  it('comes after hints of it', async () => {
    const client = clientOf(
      await serve((_request, response) => {
        response.writeProcessing();
        response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.end(JSON.stringify(wireJob())));
      }),
    );
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });

  it('is read', async () => {
    const client = clientOf(
      await serveJson(wireJob({ id: JOB_ID.toUpperCase(), runtime: 5, job_type: {}, new_field: [] })),
    );
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID.toUpperCase(), runtime: null, jobType: null });
  });
});
