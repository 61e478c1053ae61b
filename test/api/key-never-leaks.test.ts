/** Whatever a server, a proxy page or a redirect does with the key that it got: no error holds it, in any form. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { UnstructuredApiError } from '../../src/core/errors';
import { API_KEY, clientOf, getJobError, JOB_ID, serve, serveTcp, wireJob } from './support';

/** Everything that a log or a Temporal failure could show of an error. */
function everythingOf(error: UnstructuredApiError): string {
  return [
    String(error),
    error.message,
    error.stack,
    JSON.stringify(error),
    JSON.stringify(error.details),
    inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    inspect(error.cause, { depth: 20, showHidden: true }),
  ].join('\n');
}

const FORMS = {
  plain: API_KEY,
  'url-encoded': encodeURIComponent(API_KEY),
  'in JSON': JSON.stringify(API_KEY).slice(1, -1),
  base64: Buffer.from(API_KEY).toString('base64'),
  'in capitals': API_KEY.toUpperCase(),
};

function holdsKey(text: string): boolean {
  return Object.values(FORMS).some((form) => text.toLowerCase().includes(form.toLowerCase()));
}

type Answer = (response: ServerResponse, key: string, request: IncomingMessage) => void;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
};

const PLACES: Record<string, (form: string) => Answer> = {
  'the detail': (form) => json(401, { detail: `invalid key ${form}, got ${form}` }),
  'the detail, split by a control character': (form) =>
    json(401, { detail: `invalid key ${form.slice(0, 9)}\u0000\u200b${form.slice(9)}` }),
  'a long detail, where it is cut': (form) => json(500, { detail: `${'- '.repeat(140)}${form}${form}` }),
  'a validation item': (form) =>
    json(422, { detail: [{ loc: ['header', form], msg: `bad ${form}`, type: form, input: form, ctx: { form } }] }),
  'a plain item': (form) => json(422, { detail: [form] }),
  'an object as detail': (form) => json(400, { detail: { key: form, [form]: 1 } }),
  'other fields': (form) => json(429, { message: form, retry_after: form }),
  'the request id': (form) => json(500, {}, { 'x-request-id': form }),
  'other headers': (form) => json(429, {}, { 'retry-after': form, date: form, 'content-type': `text/${form}` }),
  'the content encoding': (form) => (response) => response.writeHead(200, { 'content-encoding': form }).end('{}'),
  'a redirect': (form) => (response) =>
    response.writeHead(302, { location: `https://elsewhere.example/${form}?key=${form}` }).end(),
  'the host of a redirect': (form) => (response) =>
    response.writeHead(302, { location: `https://${encodeURIComponent(form)}.example/` }).end(),
  'a page': (form) => (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${form}</p>`),
  'broken JSON': (form) => (response) => response.end(`{"id": ${form}`),
  'the fields of no job': (form) => json(200, { id: { [form]: form }, [form]: form, status: form }),
  'a truncated body': (form) => (response) => {
    response.writeHead(200, { 'content-length': 9_999 }).write(form);
    response.socket?.end();
  },
};

describe('the key that a server puts into', () => {
  const cases = Object.entries(PLACES).flatMap(([place, answer]) =>
    Object.entries(FORMS).map(([form, text]) => [place, form, answer(text)] as const),
  );

  it.each(cases)('%s, %s, is in no error', async (_place, _form, answer) => {
    let received = false;
    const baseUrl = await serve((request, response) => {
      received = request.headers['unstructured-api-key'] === API_KEY;
      answer(response, API_KEY, request);
    });
    const error = await getJobError(baseUrl);
    expect(received).toBe(true);
    expect(holdsKey(everythingOf(error))).toBe(false);
  });

  it('an answer that is no HTTP is in no error', async () => {
    const baseUrl = await serveTcp((socket) => socket.once('data', (data) => socket.end(data)));
    expect(holdsKey(everythingOf(await getJobError(baseUrl)))).toBe(false);
  });

  it('the detail is in no error where it was sent as a Bearer token', async () => {
    const baseUrl = await serve((request, response) => {
      response.writeHead(403).end(JSON.stringify({ detail: `no access for ${request.headers.authorization ?? ''}` }));
    });
    const error = await getJobError(baseUrl, { authentication: 'bearer', apiKey: () => API_KEY });
    expect(error.details.detail).toBe('no access for Bearer [redacted]');
    expect(holdsKey(everythingOf(error))).toBe(false);
  });

  it('the path of the base URL is in no error', async () => {
    const error = await getJobError(`http://127.0.0.1:1/${encodeURIComponent(API_KEY)}`);
    expect(holdsKey(everythingOf(error))).toBe(false);
  });

  it.each(Object.entries(FORMS))('a success, %s, is in nothing that a call returns', async (_form, form) => {
    const echo = `x-${form}-y`;
    const job = { ...wireJob(), workflow_id: echo, workflow_name: echo, status: echo, job_type: echo, runtime: echo };
    const files = {
      input_file_ids: [echo],
      output_node_files: [{ node_id: echo, file_id: echo, node_type: echo, node_subtype: echo }],
    };
    const node = {
      node_name: echo,
      node_type: echo,
      node_subtype: echo,
      ready: 0,
      in_progress: 0,
      success: 0,
      failure: 0,
    };
    const answers: Record<string, unknown> = {
      [`/jobs/${JOB_ID}`]: { ...job, ...files },
      '/jobs/': [{ ...job, ...files }],
      [`/jobs/${JOB_ID}/details`]: { processing_status: echo, message: echo, node_stats: [node] },
      [`/jobs/${JOB_ID}/failed-files`]: { failed_files: [{ document: echo, error: echo }] },
      [`/jobs/${JOB_ID}/file-status`]: {
        files: [
          { record_id: echo, document: echo, status: echo, error: echo, current_node: { id: echo, status: echo } },
        ],
      },
      [`/workflows/${JOB_ID}/run`]: { detail: echo },
    };
    const baseUrl = await serve((request, response) => {
      const path = (request.url ?? '').replace('/api/v1', '').replace(/\?.*/, '');
      response.writeHead(path.endsWith('/run') ? 202 : 200).end(JSON.stringify(answers[path]));
    });
    const client = clientOf(baseUrl);
    const told = await Promise.all([
      client.getJob(JOB_ID),
      client.listJobs({ workflowId: JOB_ID }),
      client.getJobDetails(JOB_ID),
      client.getJobFailedFiles(JOB_ID),
      client.getJobFileStatus(JOB_ID),
      client.runWorkflow(JOB_ID),
    ]);
    for (const answer of told) {
      expect(JSON.stringify(answer)).toContain('x-[redacted]-y');
      // What is read is told without JSON's own escapes.
      expect(holdsKey(inspect(answer, { depth: 20 })) || holdsKey(JSON.stringify(answer))).toBe(false);
    }
  });

  it('a field, where it is cut, is in nothing that a call returns, not even in part', async () => {
    const echo = `${'x'.repeat(290)}${API_KEY}`;
    const job = { ...wireJob(), workflow_id: echo, workflow_name: echo, status: echo, job_type: echo, runtime: echo };
    const client = clientOf(await serve((_request, response) => response.writeHead(200).end(JSON.stringify(job))));
    expect(JSON.stringify(await client.getJob(JOB_ID))).not.toContain(API_KEY.slice(0, 8));
  });

  it('the host of a redirect, where it is cut, is in no error, not even in part', async () => {
    const key = 'planted-key.of-dots';
    const location = `https://${'a.'.repeat(92)}${key}.example/`;
    const baseUrl = await serve((_request, response) => response.writeHead(302, { location }).end());
    const error = await getJobError(baseUrl, { apiKey: key });
    expect(error.message).toContain('a redirect to another origin, https://a.a.');
    expect(everythingOf(error)).not.toContain(key.slice(0, 8));
  });

  it('the media type of an output is not in what a call returns', async () => {
    const headers = { 'content-type': `application/json; key=${encodeURIComponent(API_KEY)}` };
    const client = clientOf(await serve((_request, response) => response.writeHead(200, headers).end('[]')));
    const { contentType, body } = await client.downloadJobOutput(JOB_ID, 'file');
    body.resume();
    expect(contentType).toBe('application/json; key=[redacted]');
  });

  it('nothing would be found', () => {
    const planted = Object.assign(new Error('x', { cause: { nested: [API_KEY] } }), { details: {} });
    expect(holdsKey(everythingOf(planted as unknown as UnstructuredApiError))).toBe(true);
  });
});
