import { describe, expect, it } from 'vitest';
import * as errors from '../../src/core/errors';
import { JOB_ID, getJobError, serve, serveJson } from './support';

describe('an answer that is no success', () => {
  it.each([
    [400, errors.UnstructuredRequestError, false],
    [401, errors.UnstructuredAuthenticationError, false],
    [402, errors.UnstructuredPaymentRequiredError, false],
    [403, errors.UnstructuredPermissionError, false],
    [404, errors.UnstructuredNotFoundError, false],
    [408, errors.UnstructuredServerError, true],
    [409, errors.UnstructuredRequestError, true],
    [425, errors.UnstructuredRequestError, true],
    [418, errors.UnstructuredRequestError, false],
    [422, errors.UnstructuredValidationError, false],
    [429, errors.UnstructuredRateLimitError, true],
    [500, errors.UnstructuredServerError, true],
    [503, errors.UnstructuredServerError, true],
    [304, errors.UnstructuredResponseError, true],
  ])('of status %i is %o, retryable: %s', async (status, expected, retryable) => {
    const error = await getJobError(
      await serve((_request, response) => {
        response.writeHead(status, { 'x-request-id': 'req-1' }).end(status === 304 ? '' : '{"detail":"No luck"}');
      }),
    );
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({
      retryable,
      details: { status, method: 'GET', path: `/api/v1/jobs/${JOB_ID}`, jobId: JOB_ID, requestId: 'req-1' },
    });
    if (status !== 304) {
      expect(error.details.detail).toBe('No luck');
      expect(error.message).toBe(`GET /api/v1/jobs/${JOB_ID}: answered ${status}: No luck [request req-1]`);
    }
  });

  it.each([
    [{ detail: [], message: 'no luck' }, 'no luck', 'no luck'],
    [{ detail: ' ', message: 'no luck' }, 'no luck', 'no luck'],
    [{ detail: [{ msg: 'one' }, null, { msg: 'two' }] }, 'one; two', undefined],
  ])('tells the reason of %j, where its detail or a part of it is empty', async (body, text, detail) => {
    const error = await getJobError(await serveJson(body, 400));
    expect(error.message).toBe(`GET /api/v1/jobs/${JOB_ID}: answered 400: ${text}`);
    expect(error.details.detail).toBe(detail);
  });

  it('keeps its status where the body is an HTML page', async () => {
    const page = await getJobError(
      await serve((_request, response) => response.writeHead(502).end('<html>secret</html>')),
    );
    expect(page.details).toMatchObject({ kind: 'server', status: 502 });
    expect(page.message).not.toContain('secret');
  });

  it('keeps its status where the body is too large, broken off or never ends', async () => {
    const large = await getJobError(await serveJson({ detail: 'x'.repeat(100_000) }, 401));
    expect(large.details).toMatchObject({ kind: 'authentication', status: 401 });
    const reset = await getJobError(
      await serve((_request, response) => {
        response.writeHead(403, { 'content-length': 100 }).write('{');
        response.socket?.end();
      }),
    );
    expect(reset.details).toMatchObject({ kind: 'permission', status: 403 });
    const hanging = await getJobError(await serve((_request, response) => void response.writeHead(404).write('{')), {
      timeouts: { total: 300 },
    });
    expect(hanging.details).toMatchObject({ kind: 'notFound', status: 404 });
  });

  it('shows one bounded line of detail', async () => {
    const error = await getJobError(await serveJson({ detail: `a\nb\u001b[31m\u202e${'long '.repeat(100)}` }, 500));
    expect(error.details.detail).toHaveLength(300);
    expect(error.details.detail).toMatch(/^a b\[31mlong long/);
  });
});

describe('a request id', () => {
  it.each(['x-request-id', 'request-id', 'x-amzn-requestid', 'cf-ray'])('is read from %s', async (header) => {
    expect((await getJobError(await serveJson({}, 500, { [header]: 'id-7' }))).details.requestId).toBe('id-7');
  });

  it.each(['two words', 'x'.repeat(200), '<script>'])('that is no short word is left out: %s', async (value) => {
    expect((await getJobError(await serveJson({}, 500, { 'x-request-id': value }))).details.requestId).toBeUndefined();
  });
});

describe('a refused request', () => {
  it('carries what the API found', async () => {
    const item = { loc: ['path', 'job_id', 0], msg: 'not a uuid', type: 'uuid_parsing', input: 'secret' };
    const error = await getJobError(await serveJson({ detail: [item] }, 422));
    expect(error.details.validation).toEqual([{ loc: ['path', 'job_id', 0], msg: 'not a uuid', type: 'uuid_parsing' }]);
    expect(error.message).toContain('path.job_id.0: not a uuid');
  });

  it('carries a plain text', async () => {
    expect((await getJobError(await serveJson({ detail: 'wrong' }, 422))).details.detail).toBe('wrong');
  });

  it('is bounded, whatever comes', async () => {
    const item = {
      loc: Array.from({ length: 20 }, () => 'x'.repeat(30)),
      msg: 'm'.repeat(400),
      type: 't'.repeat(150),
    };
    const items = [item, null, 7, 'text', { loc: 'no list', msg: {} }, ...Array.from({ length: 25 }, () => item)];
    const { validation } = (await getJobError(await serveJson({ detail: items }, 422))).details;
    expect(validation).toHaveLength(20);
    expect(validation?.[3]).toEqual({ loc: [], msg: 'text', type: '' });
    expect(JSON.stringify(validation).length).toBeLessThan(20 * 900);
  });
});

describe('a retry hint', () => {
  const DATE = 'Wed, 10 Sep 2025 21:34:39 GMT';
  it.each<[number, Record<string, string>, unknown, number | undefined]>([
    [429, { 'retry-after': '7' }, {}, 7_000],
    [503, { 'retry-after': '7' }, {}, 7_000],
    [409, { 'retry-after': '7' }, {}, 7_000],
    [425, {}, { retry_after: 3 }, 3_000],
    [429, {}, { retry_after: 2.5 }, 2_500],
    [503, {}, { retry_after: '3' }, 3_000],
    [429, { 'retry-after': '7' }, { retry_after: 3 }, 7_000],
    [429, { 'retry-after': 'soon' }, { retry_after: 3 }, 3_000],
    [429, { date: DATE, 'retry-after': 'Wed, 10 Sep 2025 21:35:09 GMT' }, {}, 30_000],
    [429, { date: DATE, 'retry-after': 'Wed, 10 Sep 2025 21:34:09 GMT' }, {}, 0],
    [429, {}, { retry_after: -1 }, undefined],
    [429, {}, { retry_after: { s: 1 } }, undefined],
    [404, { 'retry-after': '7' }, {}, undefined],
  ])('of status %i, headers %o, body %o is %o ms', async (status, headers, body, expected) => {
    expect((await getJobError(await serveJson(body, status, headers))).details.retryAfterMs).toBe(expected);
  });
});
