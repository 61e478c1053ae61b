// The operations beside getJob, as the API has them: paths, methods, what is read, what is tolerated and what is not.
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, test } from 'vitest';
import { API_KEY, clientOf, errorOf, JOB_ID, serve, serveJson, wireJob } from '../support';

const WORKFLOW_ID = '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c';

/** Answers each request with `json` and keeps the last one. */
async function serveAndKeep(json: unknown, status = 200) {
  const seen: { request?: Pick<IncomingMessage, 'method' | 'url'> } = {};
  const url = await serve((request, response) => {
    seen.request = { method: request.method, url: request.url };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  return { client: clientOf(url), seen };
}

describe('listJobs', () => {
  it('narrows by workflow and status and reads a bare array', async () => {
    const { client, seen } = await serveAndKeep([wireJob(), wireJob({ output_node_files: null })]);
    const { jobs } = await client.listJobs({ workflowId: WORKFLOW_ID, status: 'COMPLETED' });
    expect(seen.request).toEqual({ method: 'GET', url: `/api/v1/jobs/?workflow_id=${WORKFLOW_ID}&status=COMPLETED` });
    expect(jobs.map(({ outputNodeFiles }) => outputNodeFiles?.length ?? null)).toEqual([1, null]);
  });

  it.each([{}, { status: 'COMPLETED' }, { status: 'FAILED' }])('refuses an endless list: %o', async (filter) => {
    const { client } = await serveAndKeep([]);
    expect((await errorOf(client.listJobs(filter))).message).toMatch(
      /needs a workflowId, or a status, with createdAfter for a terminal one/,
    );
  });

  it('leaves out what is older than asked for, and keeps what does not tell', async () => {
    const { client } = await serveAndKeep([
      wireJob({ created_at: '2026-01-01T11:59:59.999Z' }),
      wireJob({ created_at: '2026-01-01T13:00:00+01:00' }),
      wireJob({ created_at: null }),
    ]);
    const { jobs } = await client.listJobs({ status: 'COMPLETED', createdAfter: '2026-01-01T12:00:00Z' });
    expect(jobs.map(({ createdAt }) => createdAt && Date.parse(createdAt))).toEqual([
      Date.parse('2026-01-01T12:00:00Z'),
      null,
    ]);
  });

  it('refuses an instant that is none', async () => {
    const { client } = await serveAndKeep([]);
    const error = await errorOf(client.listJobs({ status: 'COMPLETED', createdAfter: 'yesterday' }));
    expect(error.message).toBe('Option createdAfter must be an ISO-8601 instant with its offset; got "yesterday".');
  });

  test('lists of files that can not be read hide no job', async () => {
    const odd = wireJob({ input_file_ids: [7], output_node_files: [{ node_id: 'n' }] });
    const { client } = await serveAndKeep([wireJob(), odd, wireJob({ input_file_ids: 'a' })]);
    const { jobs } = await client.listJobs({ status: 'SCHEDULED' });
    expect(jobs.map(({ outputNodeFiles }) => outputNodeFiles?.length ?? null)).toEqual([1, null, 1]);
    expect(jobs.slice(1).map(({ inputFileIds }) => inputFileIds)).toEqual([null, null]);
  });

  test.each<[string, unknown]>([
    ['no id', wireJob({ id: undefined })],
    ['an id that is null', wireJob({ id: null })],
    ['an id that is no uuid', wireJob({ id: 'job-17' })],
    ['a uuid in braces', wireJob({ id: `{${JOB_ID}}` })],
    ['no status', wireJob({ status: undefined })],
    ['a status that is null', wireJob({ status: null })],
    ['an empty status', wireJob({ status: '' })],
    ['nothing', {}],
    ['null in its place', null],
    ['a number in its place', 7],
    ['a list in its place', []],
  ])('an entry with %s is left out and counted: it hides no other', async (_, entry) => {
    const { client } = await serveAndKeep([entry, wireJob(), entry]);
    const { jobs, unreadable } = await client.listJobs({ status: 'SCHEDULED' });
    expect([jobs.map(({ id }) => id), unreadable.length]).toEqual([[JOB_ID], 2]);
  });

  test('where all entries can be read none is counted, and where none can all are', async () => {
    const { client: readable } = await serveAndKeep([wireJob()]);
    expect(await readable.listJobs({ status: 'SCHEDULED' })).toMatchObject({ jobs: [{ id: JOB_ID }], unreadable: [] });
    const { client } = await serveAndKeep([null, 7]);
    expect(await client.listJobs({ status: 'SCHEDULED' })).toEqual({
      jobs: [],
      unreadable: [{ createdAt: null }, { createdAt: null }],
    });
  });

  test('an entry that tells that it is older than asked for is not counted', async () => {
    const [old, since] = ['2026-01-01T11:59:59.999Z', '2026-01-01T12:00:00Z'];
    const { client } = await serveAndKeep([
      wireJob({ id: null, created_at: old }),
      wireJob({ id: null, created_at: since }),
      wireJob({ id: null, created_at: 'yesterday' }),
      null,
    ]);
    expect(await client.listJobs({ workflowId: WORKFLOW_ID, createdAfter: since })).toEqual({
      jobs: [],
      unreadable: [{ createdAt: '2026-01-01T12:00:00Z' }, { createdAt: null }, { createdAt: null }],
    });
  });

  it('refuses an answer that is no list', async () => {
    const { client } = await serveAndKeep({ jobs: [] });
    expect(await errorOf(client.listJobs({ status: 'SCHEDULED' }))).toMatchObject({
      type: 'UnstructuredResponseError',
    });
  });
});

describe('runWorkflow', () => {
  it('posts without a body and reads the job of a 202', async () => {
    const { client, seen } = await serveAndKeep(wireJob(), 202);
    expect(await client.runWorkflow(WORKFLOW_ID)).toMatchObject({ started: true, job: { id: JOB_ID } });
    expect(seen.request).toEqual({ method: 'POST', url: `/api/v1/workflows/${WORKFLOW_ID}/run` });
  });

  it('tells a 202 without a job from one with a job', async () => {
    const detail = 'There is a run of this workflow in progress. No new job run.';
    const { client } = await serveAndKeep({ detail }, 202);
    expect(await client.runWorkflow(WORKFLOW_ID)).toEqual({ started: false, detail });
  });

  const FORMS: [string, (sentence: string) => unknown][] = [
    ['a detail', (detail) => ({ detail })],
    ['a detail with a message', (message) => ({ detail: { message } })],
    ['a detail with a code', (msg) => ({ detail: { code: 'BUSY', msg } })],
    ['a list of details', (msg) => ({ detail: [{ loc: [], msg, type: 'busy' }] })],
    ['a list of texts', (text) => ({ detail: [text] })],
    ['a message beside no id', (message) => ({ id: '', message })],
    ['problem details', (detail) => ({ title: 'Busy', errors: [{ detail }] })],
    ['a text', (text) => text],
  ];

  test.each(FORMS)('%s tells of a 202 without a job', async (_, form) => {
    const sentence = 'There is a run 8f2 in progress. No new job run.';
    for (const status of [202, 200]) {
      const { client } = await serveAndKeep(form(sentence), status);
      const answer = await client.runWorkflow(WORKFLOW_ID);
      expect(answer).toEqual({ started: false, detail: expect.stringContaining(sentence) });
    }
  });

  test.each([
    { data: { id: WORKFLOW_ID, description: 'There is no new job run.' } },
    { result: { job_id: 7 }, message: 'no new job' },
  ])('an answer with an id may tell of a job that was started: %j', async (json) => {
    const { client } = await serveAndKeep(json, 202);
    await expect(client.runWorkflow(WORKFLOW_ID)).rejects.toMatchObject({ details: { kind: 'response' } });
  });

  test.each(FORMS)('%s tells of a conflict with a run in progress, and of no other', async (_, form) => {
    for (const sentence of ['A run 8f2 is in progress', 'The workflow is already running']) {
      const { client } = await serveAndKeep(form(sentence), 409);
      const answer = await client.runWorkflow(WORKFLOW_ID);
      expect(answer).toEqual({ started: false, detail: expect.stringContaining(sentence) });
    }
    const { client } = await serveAndKeep(form('Workflow is being edited'), 409);
    expect(await errorOf(client.runWorkflow(WORKFLOW_ID))).toMatchObject({ details: { status: 409 } });
  });

  test.each<[string, unknown, number]>([
    ['an id that is none', { id: 7, detail: 'x' }, 202],
    ['nothing in it', {}, 202],
    ['a job wrapped up', { job: wireJob() }, 202],
    ['an empty detail', { detail: ' ' }, 202],
    ['a list of errors', { detail: [{ msg: 'x' }] }, 202],
    ['a sentence that may be of the new job', { message: 'Your run is in progress' }, 202],
    ['a text that may be of the new job', 'Run is already running', 202],
    ['an id that is no uuid', wireJob({ id: 'job-17' }), 202],
    ['an id beside the sentence', { id: 'job-17', message: 'No new job run.' }, 202],
    ['a detail, but another status', { detail: 'OK' }, 200],
  ])('%s: neither a job nor a word that none was started', async (_, json, status) => {
    const { client } = await serveAndKeep(json, status);
    expect(await errorOf(client.runWorkflow(WORKFLOW_ID))).toMatchObject({ type: 'UnstructuredResponseError' });
  });
});

describe('cancelJob', () => {
  it.each([
    ['nothing', ''],
    ['JSON', '{"detail":"ok"}'],
    ['HTML', '<html></html>'],
  ])('takes a success that says %s', async (_, body) => {
    const url = await serve((_request, response) => response.writeHead(200).end(body));
    await expect(clientOf(url).cancelJob(JOB_ID)).resolves.toBeUndefined();
  });

  it.each([
    [404, 'UnstructuredNotFoundError'],
    [409, 'UnstructuredRequestError'],
  ])('tells a %i', async (status, type) => {
    const client = clientOf(await serveJson({ detail: 'no' }, status));
    expect(await errorOf(client.cancelJob(JOB_ID))).toMatchObject({ type, details: { method: 'POST', jobId: JOB_ID } });
  });
});

describe('getJobDetails and getJobFailedFiles', () => {
  test('details keep an unknown processing status, and counts that are none are 0, and told', async () => {
    const node = {
      node_name: 'Partitioner',
      node_type: 'partition',
      ready: 1,
      in_progress: '2',
      success: 3,
      failure: 4,
    };
    const { client, seen } = await serveAndKeep({ id: JOB_ID, processing_status: 'PAUSED', node_stats: [node] });
    expect(await client.getJobDetails(JOB_ID)).toEqual({
      jobId: JOB_ID,
      processingStatus: 'PAUSED',
      message: null,
      nodeStats: [
        {
          nodeName: 'Partitioner',
          nodeType: 'partition',
          nodeSubtype: null,
          ready: 1,
          inProgress: 0,
          success: 3,
          failure: 4,
        },
      ],
      unreadableEntries: 1,
    });
    expect(seen.request?.url).toBe(`/api/v1/jobs/${JOB_ID}/details`);
  });

  test('failed files come with their reasons', async () => {
    const { client, seen } = await serveAndKeep({
      failed_files: [{ document: 'a.pdf', error: 'encrypted' }, { document: 'b' }],
    });
    expect(await client.getJobFailedFiles(JOB_ID)).toEqual([
      { document: 'a.pdf', error: 'encrypted' },
      { document: 'b', error: '' },
    ]);
    expect(seen.request?.url).toBe(`/api/v1/jobs/${JOB_ID}/failed-files`);
  });

  test.each([
    ['getJobFailedFiles', (text: string) => ({ failed_files: [{ document: 'a.pdf', error: text }] })],
    ['getJobDetails', (text: string) => ({ id: JOB_ID, processing_status: 'FAILED', message: text })],
    [
      'getJobFileStatus',
      (text: string) => ({ files: [{ document: 'a.pdf', status: 'FAILURE', error: text, record_id: null }] }),
    ],
  ] as const)('the reasons that %s gives hold no key, in whatever form', async (name, answerOf) => {
    const base64 = Buffer.from(API_KEY).toString('base64');
    const forms = [API_KEY, encodeURIComponent(API_KEY), base64, API_KEY.toUpperCase()];
    const { client } = await serveAndKeep(answerOf(`connector refused: ${forms.join(' ')} end`));
    const text = JSON.stringify(await client[name](JOB_ID));
    expect(text).toContain('connector refused: [redacted] [redacted] [redacted] [redacted] end');
  });

  test('an answer without the list is none', async () => {
    const { client } = await serveAndKeep({});
    expect(await errorOf(client.getJobFailedFiles(JOB_ID))).toMatchObject({ type: 'UnstructuredResponseError' });
  });
});

test('file status is read leniently', async () => {
  const file = { record_id: 'r', document: 'a.pdf', status: 'NEW', error: null, current_node: { id: 'n', tries: 2 } };
  const { client, seen } = await serveAndKeep({ id: JOB_ID, files: [file], generated_at: '2026-01-01T00:00:00' });
  expect(await client.getJobFileStatus(JOB_ID)).toEqual({
    jobId: JOB_ID,
    files: [
      {
        recordId: 'r',
        document: 'a.pdf',
        status: 'NEW',
        error: null,
        timeElapsed: null,
        currentNode: { id: 'n', status: null, tries: 2, timeElapsed: null },
      },
    ],
    unreadableEntries: 0,
    truncated: false,
    indexFinished: null,
    generatedAt: '2026-01-01T00:00:00Z',
  });
  expect(seen.request?.url).toBe(`/api/v1/jobs/${JOB_ID}/file-status`);
});

test.each(['../x', '', 'JOB'])('an id like %j never enters a URL', async (id) => {
  const { client, seen } = await serveAndKeep({});
  for (const call of [
    client.cancelJob(id),
    client.getJobDetails(id),
    client.runWorkflow(id),
    client.listJobs({ workflowId: id }),
  ])
    expect(await errorOf(call)).toMatchObject({ type: 'UnstructuredValidationError' });
  expect(seen.request).toBeUndefined();
});
