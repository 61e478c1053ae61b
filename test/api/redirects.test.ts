import { describe, expect, it } from 'vitest';
import { UnstructuredResponseError } from '../../src/core/errors';
import { API_KEY, JOB_ID, clientOf, getJobError, serve, wireJob } from './support';

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of status %i on the same origin is followed', async (status) => {
    const seen: unknown[] = [];
    const baseUrl = await serve((request, response) => {
      seen.push([request.url, request.headers['unstructured-api-key']]);
      if (request.url === '/moved?to=here') response.end(JSON.stringify(wireJob()));
      else response.writeHead(status, { location: '/moved?to=here' }).end();
    });
    expect(await clientOf(baseUrl).getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
    expect(seen).toEqual([
      [`/api/v1/jobs/${JOB_ID}`, API_KEY],
      ['/moved?to=here', API_KEY],
    ]);
  });

  it.each(['absolute', 'without a scheme'])(
    'to another origin, %s, is not followed and its query not told',
    async (form) => {
      let asked = 0;
      const other = await serve((_request, response) => {
        asked += 1;
        response.end(JSON.stringify(wireJob()));
      });
      const location = `${form === 'absolute' ? other : other.replace('http:', '')}/login?token=sesame`;
      const error = await getJobError(await serve((_request, response) => response.writeHead(307, { location }).end()));
      expect(error).toBeInstanceOf(UnstructuredResponseError);
      expect(error.details.status).toBe(307);
      expect(error.message).toContain(`a redirect to another origin, ${other}`);
      expect(error.message).not.toContain('sesame');
      expect(asked).toBe(0);
    },
  );

  it('in a circle ends', async () => {
    let asked = 0;
    const error = await getJobError(
      await serve((_request, response) => {
        asked += 1;
        response.writeHead(302, { location: '?again' }).end();
      }),
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain('redirected more than 5 times');
    expect(asked).toBe(6);
  });

  it.each([undefined, 'http://[', 'mailto:someone@example.com'])('to %s is an error', async (location) => {
    const error = await getJobError(
      await serve((_request, response) => response.writeHead(302, location === undefined ? {} : { location }).end()),
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.details.status).toBe(302);
  });

  it('ends with the call’s time', async () => {
    const error = await getJobError(
      await serve((_request, response) => {
        setTimeout(() => response.writeHead(302, { location: '?again' }).end(), 100);
      }),
      { timeouts: { total: 250 } },
    );
    expect(error.details.kind).toBe('timeout');
  });
});
