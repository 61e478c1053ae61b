import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { UnstructuredResponseError } from '../../src/core/errors';
import { clientOf, getJobError, JOB_ID, serve, serveJson, serveTcp, wireJob } from './support';

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
    ['has an empty status', wireJob({ status: '' }), 'status'],
    ['is a list', [wireJob()], 'is not a job'],
    ['is null', null, 'is not a job'],
    ['is the note that a run is in progress', { detail: 'There is a run abc in progress. No new job run.' }, 'id'],
  ])('%s', async (_how, json, expected) => {
    const error = await getJobError(await serveJson(json));
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain(expected);
  });

  it.each(['FAILED', 'STOPPED'])('may hide a list, but not that the job is %s', async (status) => {
    const json = wireJob({ status, input_file_ids: 7, output_node_files: [{ node_id: 'n', file_id: null }] });
    const job = await clientOf(await serveJson(json)).getJob(JOB_ID);
    expect(job).toMatchObject({ status, inputFileIds: null, outputNodeFiles: null, unreadableEntries: 2 });
  });

  const file = { node_id: 'n', file_id: 'a' };
  it.each<[string, unknown, unknown, number]>([
    ['no file_id', 'output_node_files', { node_id: 'n' }, 1],
    ['a file_id that is null', 'output_node_files', { node_id: 'n', file_id: null }, 1],
    ['an empty file_id', 'output_node_files', { node_id: 'n', file_id: '' }, 1],
    ['a file_id that is a number', 'output_node_files', { node_id: 'n', file_id: 7 }, 1],
    ['no node_id', 'output_node_files', { file_id: 'a' }, 1],
    ['a node_id that is null', 'output_node_files', { node_id: null, file_id: 'a' }, 1],
    ['null for an entry', 'output_node_files', null, 1],
    ['a text for an entry', 'output_node_files', 'a', 1],
    ['null for an id', 'input_file_ids', null, 1],
    ['an empty id', 'input_file_ids', '', 1],
    ['an object for an id', 'input_file_ids', {}, 1],
  ])('with %s in %s loses that entry alone, and says so', async (_what, name, entry, unreadable) => {
    const good = name === 'input_file_ids' ? 'a' : file;
    for (const status of ['IN_PROGRESS', 'COMPLETED', 'FAILED']) {
      const json = wireJob({
        status,
        input_file_ids: ['a'],
        output_node_files: [file],
        [String(name)]: [good, entry, good],
      });
      const [url, list] = [await serveJson(json), await serveJson([json])];
      const { jobs } = await clientOf(list).listJobs({ workflowId: JOB_ID });
      for (const job of [await clientOf(url).getJob(JOB_ID), jobs[0]]) {
        const { inputFileIds, outputNodeFiles, unreadableEntries } = job!;
        const lists = { input_file_ids: inputFileIds, output_node_files: outputNodeFiles };
        expect(lists[name as keyof typeof lists]).toHaveLength(2);
        expect(unreadableEntries).toBe(unreadable);
      }
    }
  });

  it.each(['text', 7, {}, true])('with %j for a list has none, and says so', async (list) => {
    const json = wireJob({ status: 'COMPLETED', input_file_ids: list, output_node_files: list });
    expect(await clientOf(await serveJson(json)).getJob(JOB_ID)).toMatchObject({
      status: 'COMPLETED',
      inputFileIds: null,
      outputNodeFiles: null,
      unreadableEntries: 2,
    });
  });

  it('has nothing to say of that where all can be read, or no list is there', async () => {
    for (const json of [wireJob(), wireJob({ input_file_ids: null, output_node_files: undefined })]) {
      expect(await clientOf(await serveJson(json)).getJob(JOB_ID)).not.toHaveProperty('unreadableEntries');
    }
  });

  it('of failed files with an entry that names none tells of one that failed all the same', async () => {
    const entries = [{ document: 'a.pdf', error: 'x' }, { document: null, error: 'y' }, { error: 7 }, null, 'b.pdf'];
    const failed = await clientOf(await serveJson({ failed_files: entries })).getJobFailedFiles(JOB_ID);
    expect(failed).toEqual([
      { document: 'a.pdf', error: 'x' },
      { document: '', error: 'y' },
      ...Array.from({ length: 3 }, () => ({ document: '', error: '' })),
    ]);
    const none = clientOf(await serveJson({ failed_files: {} })).getJobFailedFiles(JOB_ID);
    await expect(none).rejects.toBeInstanceOf(UnstructuredResponseError);
  });

  it('of files and nodes with entries that can’t be read tells of the others', async () => {
    const files = [{ status: 'SUCCESS', document: 'a.pdf' }, { document: 'b.pdf' }, null];
    const told = await clientOf(await serveJson({ files })).getJobFileStatus(JOB_ID);
    expect([told.files.map(({ document }) => document), told.unreadableEntries]).toEqual([['a.pdf'], 2]);
    for (const json of [{ files: null }, { files: {} }, {}]) {
      const none = clientOf(await serveJson(json)).getJobFileStatus(JOB_ID);
      await expect(none).rejects.toBeInstanceOf(UnstructuredResponseError);
    }
    const details = { processing_status: 'SUCCESS', node_stats: [null, { node_name: 'n', success: 1 }, 'x'] };
    const { nodeStats, unreadableEntries } = await clientOf(await serveJson(details)).getJobDetails(JOB_ID);
    expect(nodeStats).toMatchObject([{ nodeName: 'n', success: 1, failure: 0 }]);
    expect(unreadableEntries).toBe(3); // two that are no nodes, one without all its counts
    const whole = { processing_status: 'SUCCESS', node_stats: [{ ready: 0, in_progress: 0, success: 1, failure: 0 }] };
    expect(await clientOf(await serveJson(whole)).getJobDetails(JOB_ID)).not.toHaveProperty('unreadableEntries');
  });

  it.each<[string, string, string]>([
    ['is a page of HTML', '<html>hidden</html>', 'not valid JSON but text/html'],
    ['is broken JSON', '{"id": "hidden', 'not valid JSON but text/html'],
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

  it('is one, if a byte order mark is all that is odd', async () => {
    const answers: [unknown, (client: ReturnType<typeof clientOf>) => Promise<unknown>, object][] = [
      [wireJob(), (client) => client.getJob(JOB_ID), { id: JOB_ID }],
      [wireJob(), (client) => client.runWorkflow(JOB_ID), { started: true }],
      [{ detail: 'In progress' }, (client) => client.runWorkflow(JOB_ID), { started: false }],
      [[wireJob()], (client) => client.listJobs({ workflowId: JOB_ID }), { unreadable: [] }],
      [{ failed_files: [] }, (client) => client.getJobFailedFiles(JOB_ID), []],
    ];
    for (const [json, ask, expected] of answers) {
      const url = await serve((_request, response) => response.writeHead(202).end(`\ufeff${JSON.stringify(json)}`));
      expect(await ask(clientOf(url))).toMatchObject(expected);
    }
    const twice = await getJobError(
      await serve((_request, response) => response.end(`\ufeff\ufeff${JSON.stringify(wireJob())}`)),
    );
    expect(twice.message).toContain('not valid JSON');
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

test('an answer in an unknown encoding is told by its header, not by its status', async () => {
  const answer = (_request: unknown, response: ServerResponse) =>
    response.writeHead(200, { 'content-encoding': 'rot13' }).end('{}');
  const { message } = await getJobError(await serve(answer));
  expect(message).toContain('the header Content-Encoding is "rot13"');
  expect(message).not.toContain('200');
});

test('an answer whose transfer has an unknown encoding is told by its header', async () => {
  const answer = (_request: unknown, response: ServerResponse) =>
    response.writeHead(200, { 'transfer-encoding': 'compress, chunked' }).end('{}');
  const { message } = await getJobError(await serve(answer));
  expect(message).toContain('the header Transfer-Encoding is "compress"');
});

describe('an answer that is odd but right', () => {
  it('has a transfer that is compressed itself', async () => {
    const answer = (_request: unknown, response: ServerResponse) =>
      response.writeHead(200, { 'transfer-encoding': 'gzip, chunked' }).end(gzipSync(JSON.stringify(wireJob())));
    expect(await clientOf(await serve(answer)).getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });

  it.each(['', 'none', 'utf-8', 'UTF-8', 'aws-chunked', 'Identity, none', 'ISO-8859-15', 'null'])(
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
