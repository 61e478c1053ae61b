import { describe, expect, it } from 'vitest';
import { UnstructuredResponseError } from '../../src/core/errors';
import { API_KEY, clientOf, errorOf, getJobError, JOB_ID, serve, wireJob } from './support';

describe('a POST', () => {
  const answered = async (status: number, location?: string) => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked += 1;
      request.resume().on('end', () => response.writeHead(status, location === undefined ? {} : { location }).end());
    });
    const client = clientOf(`${url}/eu`);
    const errors = await Promise.all([errorOf(client.runWorkflow(JOB_ID)), errorOf(client.cancelJob(JOB_ID))]);
    expect(asked).toBe(2);
    return { errors, url };
  };

  it.each([301, 307, 308, 501, 505])('answered %i had no effect', async (status) => {
    for (const { details } of (await answered(status)).errors)
      expect(details).toMatchObject({ status, notAccepted: true });
  });

  it.each([302, 303, 300, 304, 500, 502, 503, 504, 408, 429, 200])(
    'answered %i is not known to have had none',
    async (status) => {
      const url = await serve((_request, response) => response.writeHead(status).end());
      const error = await errorOf(clientOf(url).runWorkflow(JOB_ID));
      expect(error.details.notAccepted).toBeUndefined();
    },
  );

  it.each([
    ['https://x.example/a?b=c#d', 'https://x.example/a'],
    ['https://user:pass@api.example.com/v2/run?token=sesame#sesame', 'https://api.example.com/v2/run'],
    ['/moved/?token=sesame', 'URL/moved/'],
    ['?token=sesame', `URL/eu/api/v1/workflows/${JOB_ID}/run`],
    ['//other.example/x', 'http://other.example/x'],
    [`https://x.example/${API_KEY}/y`, 'https://x.example/[redacted]/y'],
    [`https://x.example/${'x'.repeat(500)}`, `https://x.example/${'x'.repeat(182)}`],
  ])('answered with a redirect to %s tells where it leads', async (location, told) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { errors, url } = await answered(status, location);
      const [{ message }] = errors;
      expect(message).toContain(
        `answered ${status}, a redirect to ${told.replace('URL', url)}, which a POST does not follow`,
      );
      expect(message).not.toMatch(/sesame|pass|plAnted/);
    }
  });

  it.each(['http://[', undefined])('answered with a redirect to %s has nothing to tell', async (location) => {
    const { errors } = await answered(308, location);
    for (const { message } of errors) expect(message).toMatch(/answered 308$/);
  });
});

describe('a GET', () => {
  it.each([501, 505])('answered %i is a wrong set-up: no API serves it there', async (status) => {
    const error = await getJobError(await serve((_request, response) => response.writeHead(status).end()));
    expect(error.details).toMatchObject({ kind: 'server', status, wrongSetup: true });
    expect(error.details).not.toHaveProperty('notAccepted');
  });

  it.each([500, 502, 503, 504, 507])('answered %i is an outage', async (status) => {
    const error = await getJobError(await serve((_request, response) => response.writeHead(status).end()));
    expect(error.details).toMatchObject({ kind: 'server', status });
    expect(error.details).not.toHaveProperty('wrongSetup');
  });
});

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
      expect(error.details).toMatchObject({ status: 307, wrongSetup: true });
      expect(error.message).toContain(
        `a redirect to another origin, ${other}, which is not followed; check option baseUrl`,
      );
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
    expect(error.message).toContain('redirected more than 5 times; check option baseUrl');
    expect(error.details.wrongSetup).toBe(true);
    expect(asked).toBe(6);
  });

  it.each([undefined, 'http://[', 'mailto:someone@example.com'])('to %s is an error', async (location) => {
    const error = await getJobError(
      await serve((_request, response) => response.writeHead(302, location === undefined ? {} : { location }).end()),
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.details).toMatchObject({ status: 302, wrongSetup: true });
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
