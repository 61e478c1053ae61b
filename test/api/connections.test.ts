import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Agent, MockAgent } from 'undici';
import { UnstructuredClient } from '../../src/api/client';
import { UnstructuredConnectionError, UnstructuredValidationError } from '../../src/core/errors';
import { JOB_ID, API_KEY, clientOf, errorOf, getJobError, serve, serveTcp, wireJob } from './support';

const BODY = JSON.stringify(wireJob());

describe('a failed connection', () => {
  it.each([
    ['a host that does not exist', 'https://unstructured.invalid', /ENOTFOUND|EAI_AGAIN/],
    ['a port that refuses', 'http://127.0.0.1:1', /ECONNREFUSED/],
  ])('to %s is told with its code', async (_what, baseUrl, code) => {
    const error = await getJobError(baseUrl);
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.details.code).toMatch(code);
    expect(error.message).toMatch(code);
    expect(error.message).toContain(`at ${baseUrl}`);
  });

  it('to a server without TLS is told', async () => {
    const baseUrl = (await serve((_request, response) => response.end(BODY))).replace('http:', 'https:');
    expect(await getJobError(baseUrl)).toBeInstanceOf(UnstructuredConnectionError);
  });

  it('whose TLS handshake fails is told with its code', async () => {
    const server = createTlsServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const error = await getJobError(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.details.code).toMatch(/^ERR_SSL_/);
  });

  it('that is reset before or in the answer is told', async () => {
    const before = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const within = await serveTcp((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{', () =>
          setTimeout(() => socket.resetAndDestroy(), 50),
        );
      }),
    );
    for (const baseUrl of [before, within]) {
      const error = await getJobError(baseUrl);
      expect(error).toBeInstanceOf(UnstructuredConnectionError);
      expect(error.details.code).toBe('ECONNRESET');
    }
  });

  it('that the server closes without a word is told', async () => {
    const error = await getJobError(await serveTcp((socket) => socket.once('data', () => socket.end())));
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
  });

  it('is not tried again', async () => {
    let requests = 0;
    const baseUrl = await serve((request) => {
      requests += 1;
      request.socket.resetAndDestroy();
    });
    const client = clientOf(baseUrl);
    await errorOf(client.getJob(JOB_ID));
    await errorOf(client.getJob(JOB_ID));
    expect(requests).toBe(2);
  });
});

describe('connections', () => {
  it('are kept for later calls', async () => {
    const ports = new Set<number | undefined>();
    const client = clientOf(
      await serve((request, response) => {
        ports.add(request.socket.remotePort);
        response.end(BODY);
      }),
    );
    for (let call = 0; call < 5; call++) await client.getJob(JOB_ID);
    // A call made in the same tick as the answer before finds its connection not free yet.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('that a server closed in between are replaced', async () => {
    const baseUrl = await serve((request, response) => {
      response.end(BODY, () => request.socket.destroy());
    });
    const dispatcher = new Agent();
    onTestFinished(() => dispatcher.close());
    const client = clientOf(baseUrl, { dispatcher });
    const closed = once(dispatcher, 'disconnect');
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
    await closed;
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });

  it('are never more than asked for', async () => {
    const ports = new Set<number | undefined>();
    const client = clientOf(
      await serve((request, response) => {
        ports.add(request.socket.remotePort);
        setTimeout(() => response.end(BODY), 5);
      }),
      { connections: 3 },
    );
    await Promise.all(Array.from({ length: 20 }, () => client.getJob(JOB_ID)));
    expect(ports.size).toBe(3);
  });
});

describe('a closed client', () => {
  it('lets running calls end and refuses further ones', async () => {
    const answers: (() => void)[] = [];
    const client = clientOf(await serve((_request, response) => void answers.push(() => response.end(BODY))));
    const running = client.getJob(JOB_ID);
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = client.close();
    const error = await errorOf(client.getJob(JOB_ID));
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.message).toContain('the client is closed');
    answers[0]?.();
    expect(await running).toMatchObject({ id: JOB_ID });
    await closed;
    await client.close();
  });

  it('leaves a dispatcher that was passed in open', async () => {
    const baseUrl = await serve((_request, response) => response.end(BODY));
    const dispatcher = new Agent();
    onTestFinished(() => dispatcher.close());
    const client = new UnstructuredClient({ apiKey: API_KEY, baseUrl, dispatcher });
    await client.getJob(JOB_ID);
    await client.close();
    expect(dispatcher.closed).toBe(false);
    expect((await errorOf(client.getJob(JOB_ID))).message).toContain('the client is closed');
  });
});

describe('a dispatcher of one’s own', () => {
  it('of another undici is a mistake in the configuration, no outage', async () => {
    // As undici 6 refuses the handlers of 7.
    const dispatch = () => {
      throw Object.assign(new Error('invalid onConnect method'), { code: 'UND_ERR_INVALID_ARG' });
    };
    const error = await getJobError('https://unstructured.example', { dispatcher: { dispatch } });
    expect(error).toBeInstanceOf(UnstructuredValidationError);
    expect(error.message).toContain('a dispatcher of your own must be one of undici 7');
    expect(error.details.notSent).toBe(true);
  });

  it('gets the requests', async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    onTestFinished(() => dispatcher.close());
    dispatcher
      .get('https://unstructured.example')
      .intercept({ path: `/api/v1/jobs/${JOB_ID}` })
      .reply(200, wireJob());
    const client = clientOf('https://unstructured.example', { dispatcher });
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });

  it('that throws is a connection error without its words', async () => {
    const dispatcher = new (class extends Agent {
      override dispatch(): boolean {
        throw new Error(`no luck with ${API_KEY}`);
      }
    })();
    const error = await getJobError('https://unstructured.example', { dispatcher });
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.message).not.toContain('luck');
  });

  it('that waits for something first, which fails, fails the call', async () => {
    const agent = new Agent();
    onTestFinished(() => agent.close());
    const dispatcher = agent.compose(
      () => () => Promise.reject(new Error(`no token for ${API_KEY}`)) as unknown as boolean,
    );
    const error = await getJobError('https://unstructured.example', { dispatcher, timeouts: { total: '5 seconds' } });
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.details).toMatchObject({ kind: 'connection', notSent: true });
    expect(error.message).not.toContain('token');
  });

  it('that waits for something first carries the requests', async () => {
    const agent = new Agent();
    onTestFinished(() => agent.close());
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      const dispatched = Promise.resolve().then(() => dispatch(options, handler));
      return dispatched as unknown as boolean;
    });
    const client = clientOf(await serve((_request, response) => response.end(BODY)), { dispatcher });
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });
});
