import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { check, ManualClock } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at, answers: { runtime: 'null' } });
});
afterEach(() => api.close());

async function control(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${api.url}/__fake/${path}`, { method, ...(body !== undefined && { body: text }) });
  return [response.status, await response.json()];
}

const ID = '11111111-2222-4333-8444-555555555555';

describe('over HTTP, without a key,', () => {
  test('a job is added from the same data that addJob takes', async () => {
    const [status, told] = await control('POST', 'jobs', {
      id: ID,
      files: ['a.pdf'],
      nodes: 1,
      timeline: [['SCHEDULED', '30m'], ['COMPLETED']],
      faults: [[2, { kind: 'delay', for: 1 }, { kind: 'status', status: 503 }]],
      answers: { earlyNotFound: 1 },
    });
    expect(status).toBe(200);
    expect(told).toMatchObject({ id: ID, fileIds: api.job(ID)?.fileIds, status: 'SCHEDULED', checks: 0 });
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push((await check(api, { id: ID })).status);
    expect(seen).toEqual([404, 503, 200]);
  });

  test('a job that makes no sense is refused in words', async () => {
    expect(await control('POST', 'jobs', { timeline: [] })).toEqual([
      400,
      { error: 'job.timeline must be a list of at least one step; got [].' },
    ]);
    expect(await control('POST', 'jobs', '{')).toEqual([400, { error: 'body must be JSON; got {.' }]);
    expect(await control('POST', 'jobs', [])).toMatchObject([400, { error: expect.stringContaining('; got [].') }]);
  });

  test('a job is shown and changed', async () => {
    const job = api.addJob({ id: ID, timeline: [['SCHEDULED', '1h'], ['COMPLETED']] });
    expect(await control('GET', `jobs/${ID}`)).toMatchObject([200, { id: ID, status: 'SCHEDULED' }]);
    const change = { status: 'FAILED', answers: { jobType: 'absent' }, faults: [[1, { kind: 'html' }]] };
    expect(await control('PATCH', `jobs/${ID}`, change)).toMatchObject([200, { status: 'FAILED' }]);
    expect((await check(api, job)).status).toBe(502);
    expect((await check(api, job)).json).not.toHaveProperty('job_type');
    expect(await control('GET', 'jobs')).toMatchObject([200, [{ id: ID, status: 'FAILED', checks: 2 }]]);
    expect(await control('PATCH', `jobs/${ID}`, { state: 'x' })).toMatchObject([400, {}]);
    expect(await control('GET', 'jobs/nobody')).toEqual([404, { error: 'No job nobody' }]);
  });

  test('the whole API is changed', async () => {
    const job = api.addJob();
    const change = { apiKey: 'new', faults: [[1, { kind: 'status', status: 500 }]], answers: { runtime: 'zero' } };
    expect(await control('PATCH', 'api', change)).toEqual([200, {}]);
    expect(api.apiKey).toBe('new');
    expect((await check(api, job)).status).toBe(500);
    await control('PATCH', 'api', { apiKey: 'newer', keepOldKey: true });
    expect((await check(api, job, { headers: { 'unstructured-api-key': 'new' } })).status).toBe(200);
    expect((await check(api, job)).json['runtime']).toBe('PT0S');
  });

  test('the log is read, whole or of a job, and control is not in it', async () => {
    const [a, b] = [api.addJob(), api.addJob()];
    await check(api, a);
    await check(api, b);
    expect(await control('GET', 'requests')).toEqual([200, JSON.parse(JSON.stringify(api.requests))]);
    expect(await control('GET', `requests?jobId=${b.id.toUpperCase()}`)).toMatchObject([
      200,
      [{ index: 2, jobId: b.id }],
    ]);
    expect(api.requests).toHaveLength(2);
  });

  test('all begins anew', async () => {
    const [first, workflow] = [api.addJob(), api.addWorkflow()];
    api.addFaults([['always', { kind: 'html' }]]);
    api.setAnswers({ runtime: 'zero', jobType: 'absent' });
    api.rotateKey('other');
    await check(api, first);
    expect(await control('POST', 'reset')).toEqual([200, {}]);
    expect([api.requests, api.job(first.id), api.apiKey]).toEqual([[], undefined, 'fake-key']);
    const again = api.addJob();
    expect(again.id).toBe(first.id);
    expect((await check(api, again)).json).toMatchObject({ runtime: null, job_type: 'ephemeral' });
    expect(api.addWorkflow().id).toBe(workflow.id);
    expect(again.requests[0]?.index).toBe(1);
  });

  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');

  test.skipIf(!outside)('nothing is told to other machines', async () => {
    await using open = await FakeUnstructured.start({ host: '0.0.0.0' });
    expect(new URL(open.url).hostname).toBe('127.0.0.1');
    const url = new URL('/__fake/jobs', open.url);
    expect((await fetch(url)).status).toBe(200);
    url.hostname = outside!.address;
    expect((await fetch(url)).status).toBe(403);
  });

  /** Node's own client sends the headers that it is given; `fetch` does not. */
  const statusWith = (headers: Record<string, string>, method = 'POST') =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(api.url);
      const sent = request({ host: '127.0.0.1', port, method, path: '/__fake/jobs', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      sent.end(method === 'POST' ? '{}' : undefined);
    });

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', 'fake.localhost', '[::1]', '127.1.2.3'])(
    '%s is an own address',
    async (host) => {
      const { port } = new URL(api.url);
      expect(await statusWith({ host: `${host}:${port}` })).toBe(200);
      expect(await statusWith({ origin: `http://${host}:${port}` })).toBe(200);
    },
  );

  test.each([
    ['a name that leads here', { host: 'rebound.example.com' }],
    ['such a name with the port', { host: 'rebound.example.com:PORT' }],
    ['a name that begins as an own one', { host: 'localhost.example.com:PORT' }],
    ['a name that ends as an own one', { host: 'example-localhost:PORT' }],
    ['a user in front', { host: 'x@127.0.0.1:PORT' }],
    ['a user in front of a name', { host: 'x@fake.localhost:PORT' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['no port', { host: '127.0.0.1' }],
    ['another machine', { host: '10.0.0.1:PORT' }],
    ['a page elsewhere', { origin: 'https://example.com' }],
    ['a page on another local port', { origin: 'http://localhost:1' }],
    ['a local page by https', { origin: 'https://localhost:PORT' }],
    ['a page of no origin', { origin: 'null' }],
    ['an empty origin', { origin: '' }],
  ])('nothing is told or done for %s', async (_who, headers) => {
    const { port } = new URL(api.url);
    const given = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, text.replace('PORT', port)]));
    for (const method of ['POST', 'GET']) expect(await statusWith(given, method)).toBe(403);
    expect(api.jobs).toHaveLength(0);
  });

  test('the API itself answers under any name, as the real one does behind a proxy', async () => {
    const { port } = new URL(api.url);
    const path = `/api/v1/jobs/${api.addJob().id}`;
    const headers = { host: 'api.example.com', origin: 'https://example.com', 'unstructured-api-key': api.apiKey };
    const status = await new Promise((resolve) =>
      request({ host: '127.0.0.1', port, path, headers }, (answer) => resolve(answer.resume().statusCode)).end(),
    );
    expect(status).toBe(200);
  });

  test('what there is is told', async () => {
    expect(await control('GET', 'nothing')).toEqual([
      404,
      {
        error:
          'No control GET nothing; there are POST jobs, GET jobs, GET jobs/:id, PATCH jobs/:id, PATCH api, GET requests, POST workflows, POST webhooks, GET deliveries, PUT started, POST reset',
      },
    ]);
  });
});
