import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { check, ManualClock } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at });
});
afterEach(() => api.close());

const NO_JOB = '00000000-0000-4000-8000-000000000000';

async function call(path: string, method = 'GET') {
  const response = await fetch(`${api.url}${path}`, { method, headers: { 'unstructured-api-key': api.apiKey } });
  return { status: response.status, json: await response.json(), headers: response.headers };
}

describe('a path', () => {
  it.each([
    ['that is wrong', '/api/v2/jobs/', 404, { detail: 'Not Found' }],
    ['without the slash of a collection', '/api/v1/jobs', 404, { detail: 'Not Found' }],
    ['below a job', `/api/v1/jobs/${NO_JOB}/nothing`, 404, { detail: 'Not Found' }],
    ['of an unknown job', `/api/v1/jobs/${NO_JOB}`, 404, { detail: 'Job not found' }],
  ])('%s', async (_what, path, status, json) => {
    expect(await call(path)).toMatchObject({ status, json });
  });

  it.each(['abc', '%zz', 'a%2Fb'])('with a malformed job id: %s', async (id) => {
    const { status, json } = await call(`/api/v1/jobs/${id}`);
    expect(status).toBe(422);
    expect(json).toEqual({
      detail: [
        {
          type: 'uuid_parsing',
          loc: ['path', 'job_id'],
          msg: 'Input should be a valid UUID',
          input: id.replace('%2F', '/'),
        },
      ],
    });
  });

  it('with another method', async () => {
    const { status, json, headers } = await call('/api/v1/jobs/', 'DELETE');
    expect([status, json, headers.get('allow')]).toEqual([405, { detail: 'Method Not Allowed' }, 'GET, POST']);
  });

  it('with a job id in capitals', async () => {
    const job = api.addJob();
    expect(await call(`/api/v1/jobs/${job.id.toUpperCase()}`)).toMatchObject({ status: 200, json: { id: job.id } });
    expect(job.requests).toHaveLength(1);
  });

  it('behind a prefix', async () => {
    await using prefixed = await FakeUnstructured.start({ pathPrefix: '/eu/docs' });
    expect(prefixed.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/eu\/docs$/);
    expect((await check(prefixed, prefixed.addJob())).status).toBe(200);
    expect((await fetch(new URL('/api/v1/jobs/', prefixed.url))).status).toBe(404);
  });
});

describe('the list', () => {
  it('holds all jobs, or those of a workflow, or those with a status', async () => {
    const a = api.addJob({ timeline: [['SCHEDULED', '1m'], ['COMPLETED']] });
    const b = api.addJob({ workflowId: a.workflowId });
    const c = api.addJob();
    const ids = async (query: string) =>
      ((await call(`/api/v1/jobs/${query}`)).json as { id: string }[]).map(({ id }) => id).sort();
    expect(await ids('')).toEqual([a.id, b.id, c.id].sort());
    expect(await ids(`?workflow_id=${a.workflowId.toUpperCase()}`)).toEqual([a.id, b.id].sort());
    expect(await ids('?status=COMPLETED')).toEqual([b.id, c.id].sort());
    expect(await ids(`?status=SCHEDULED&workflow_id=${c.workflowId}`)).toEqual([]);
    clock.advance(60_000);
    expect(await ids('?status=COMPLETED')).toEqual([a.id, b.id, c.id].sort());
  });

  it('shows jobs as their own answers do', async () => {
    const job = api.addJob({ answers: { createdAtOffset: false } });
    expect((await call('/api/v1/jobs/')).json).toEqual([(await check(api, job)).json]);
  });

  it('refuses filters that make no sense', async () => {
    expect(await call('/api/v1/jobs/?workflow_id=x&status=DONE')).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['query', 'workflow_id'] }, { loc: ['query', 'status'], type: 'enum', input: 'DONE' }] },
    });
  });
});
