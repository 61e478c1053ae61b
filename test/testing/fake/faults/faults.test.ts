import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeUnstructured, faults, type Fault } from '../../../../src/testing';
import { Gate } from '../../../support/gate';
import { check, ManualClock } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at });
});
afterEach(() => api.close());

const jobWith = (...chain: Fault[]) => api.addJob({ faults: [[1, ...(chain as [Fault])]] });

/** What went wrong below HTTP. */
async function failureOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as Error & { cause?: { code?: string } },
  );
  return error?.cause?.code ?? error?.name ?? 'none';
}

describe('a fault', () => {
  it.each([
    [401, 'API key is invalid, please provide a valid API key in the header.'],
    [402, 'Payment required'],
    [403, 'Forbidden'],
    [404, 'Job not found'],
    [408, 'Request Timeout'],
    [422, [{ loc: ['path', 'job_id'], msg: 'Input should be a valid UUID', type: 'uuid_parsing' }]],
    [429, 'Too Many Requests'],
    [500, 'Internal server error'],
    [418, 'Status 418'],
  ])('answers status %i with the body of that status, then the job again', async (status, detail) => {
    const job = jobWith(faults.status(status));
    expect(await check(api, job)).toMatchObject({ status, json: { detail } });
    expect(await check(api, job)).toMatchObject({ status: 200, json: { id: job.id } });
  });

  it('answers a status with its own body and headers', async () => {
    const job = jobWith(faults.status(503, { body: { error: 'x' }, headers: { 'retry-after': '7' } }));
    const { json, headers } = await check(api, job);
    expect([json, headers.get('retry-after')]).toEqual([{ error: 'x' }, '7']);
    expect((await check(api, jobWith(faults.status(500, { body: 'plain' })))).text).toBe('plain');
  });

  it('asks for a pause in seconds, as a date by the clock of the fake, in the body, verbatim, or not at all', async () => {
    const hint = async (fault: Fault) => {
      const { status, headers, json } = await check(api, jobWith(fault));
      return [status, headers.get('retry-after'), json['retry_after']];
    };
    expect(await hint(faults.rateLimit({ retryAfter: 2 }))).toEqual([429, '2', undefined]);
    expect(await hint(faults.rateLimit({ retryAfter: 90, as: 'date' }))).toEqual([
      429,
      'Fri, 02 Jan 2026 03:05:35 GMT',
      undefined,
    ]);
    expect(await hint(faults.rateLimit({ retryAfter: 3, as: 'body' }))).toEqual([429, null, 3]);
    expect(await hint(faults.rateLimit({ retryAfter: 'soon' }))).toEqual([429, 'soon', undefined]);
    expect(await hint(faults.rateLimit())).toEqual([429, null, undefined]);
  });

  it('answers the HTML page of a proxy, also with status 200', async () => {
    const page = await check(api, jobWith(faults.html()));
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(page.text).toContain('<h1>502 Bad Gateway</h1>');
    expect(await check(api, jobWith(faults.html({ status: 200 })))).toMatchObject({ status: 200, json: {} });
  });

  it('answers garbage', async () => {
    const { status, headers, text } = await check(api, jobWith(faults.garbage()));
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('redirects within the origin, to another one, or to a given place', async () => {
    const location = async (fault: Fault) => {
      const job = jobWith(fault);
      const { status, headers } = await check(api, job, { redirect: 'manual' });
      return [status, headers.get('location')?.replace(job.id, 'ID')];
    };
    expect(await location(faults.redirect())).toEqual([307, '/api/v1/jobs/ID?redirected=1']);
    expect(await location(faults.redirect({ origin: 'http://127.0.0.1:9', status: 302 }))).toEqual([
      302,
      'http://127.0.0.1:9/api/v1/jobs/ID',
    ]);
    expect(await location(faults.redirect({ location: '/login' }))).toEqual([307, '/login']);
  });

  it('redirects to an answer', async () => {
    const job = jobWith(faults.redirect());
    expect(await check(api, job)).toMatchObject({ status: 200, json: { id: job.id } });
    expect(job.checks).toBe(2);
  });

  it("answers another job's id", async () => {
    const job = jobWith(faults.wrongJob());
    const { json } = await check(api, job);
    expect(json).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 'COMPLETED' });
    expect(json['id']).not.toBe(job.id);
  });

  it('sets and removes fields', async () => {
    const job = jobWith(faults.patch({ set: { status: 7, runtime: null }, remove: ['id'] }));
    const { json } = await check(api, job);
    expect(json).toMatchObject({ status: 7, runtime: null });
    expect(json).not.toHaveProperty('id');
  });

  it('adds headers', async () => {
    const { headers } = await check(api, jobWith(faults.headers({ 'retry-after': '5' })));
    expect(headers.get('retry-after')).toBe('5');
  });

  it('fills an answer up to a size, still as JSON, also where it is compressed', async () => {
    const job = api.addJob({ faults: [['always', faults.oversize({ bytes: 300_000 })]] });
    const plain = await check(api, job, { headers: { 'accept-encoding': 'identity' } });
    expect([plain.text.length, plain.json['id']]).toEqual([300_000, job.id]);
    expect(plain.headers.get('content-length')).toBe('300000');
    const packed = await check(api, job);
    expect([packed.text.length, packed.headers.get('content-encoding')]).toEqual([300_000, 'gzip']);
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(3_000);
  });

  it('holds an answer back', async () => {
    const job = jobWith(faults.delay('10m'));
    expect(await failureOf(check(api, job, { signal: AbortSignal.timeout(50) }))).toBe('TimeoutError');
    expect(await check(api, jobWith(faults.delay(20), faults.delay(20), faults.status(503)))).toMatchObject({
      status: 503,
    });
  });

  it('holds an answer, as it was when it was asked for, until the test lets go', async () => {
    const gate = new Gate();
    const job = jobWith(faults.until(gate.opened), faults.headers({ 'x-held': 'yes' }));
    let isAnswered = false;
    const answer = check(api, job).finally(() => (isAnswered = true));
    await vi.waitFor(() => expect(job.checks).toBe(1));
    job.setStatus('FAILED');
    expect(await check(api, job)).toMatchObject({ json: { status: 'FAILED' } });
    expect(isAnswered).toBe(false);
    gate.open();
    const { headers, json } = await answer;
    expect([headers.get('x-held'), json['status']]).toEqual(['yes', 'COMPLETED']);
    expect(await check(api, jobWith(faults.until(gate.opened)))).toMatchObject({ status: 200 });
  });

  it('tells the client where what holds the answer fails', async () => {
    const failed = Promise.reject(new Error('gone wrong'));
    failed.catch(() => undefined);
    expect(await check(api, jobWith(faults.until(failed)))).toMatchObject({
      status: 500,
      json: { detail: 'The fake failed: gone wrong' },
    });
  });

  it('is closed while it holds an answer', async () => {
    const job = jobWith(faults.until(new Promise(() => undefined)));
    const answer = failureOf(check(api, job));
    await vi.waitFor(() => expect(job.checks).toBe(1));
    await api.close();
    expect(await answer).not.toBe('none');
  });

  it.each(['request', 'headers', 'half'] as const)('hangs after the %s', async (after) => {
    const job = jobWith(faults.hang({ after }));
    const url = `${api.url}/api/v1/jobs/${job.id}`;
    const patience = new AbortController();
    const response = fetch(url, { headers: { 'unstructured-api-key': api.apiKey }, signal: patience.signal });
    const hanging = after === 'request' ? response : (await response).text();
    setTimeout(() => patience.abort(new Error('still nothing')), 100);
    await expect(hanging).rejects.toThrow('still nothing');
  });

  it.each(['request', 'headers', 'half'] as const)('resets the connection after the %s', async (after) => {
    expect(await failureOf(check(api, jobWith(faults.reset({ after }))))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  });

  it('ends an answer short of its length', async () => {
    expect(await failureOf(check(api, jobWith(faults.truncate())))).toMatch(/UND_ERR_SOCKET|MISMATCH/);
  });

  it('sends a body in small pieces, whole in the end', async () => {
    const job = jobWith(faults.drip({ bytes: 200, every: 1 }));
    expect(await check(api, job)).toMatchObject({ status: 200, json: { id: job.id } });
  });

  it('sends a body slower than a client waits', async () => {
    const job = jobWith(faults.drip({ every: '1s' }));
    expect(await failureOf(check(api, job, { signal: AbortSignal.timeout(60) }))).toBe('TimeoutError');
  });
});
