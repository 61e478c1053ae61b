import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import type { UnstructuredClient } from '../../src/api/client';
import { UnstructuredTimeoutError } from '../../src/core/errors';
import { JOB_ID, clientOf, errorOf, getJobError, serve, serveTcp, wireJob } from './support';

const BODY = JSON.stringify(wireJob());

const hintForEver: RequestListener = (_request, response) => {
  const timer = setInterval(() => response.writeProcessing(), 50);
  response.on('close', () => clearInterval(timer));
};

describe('a call ends in time', () => {
  it('where no answer comes', async () => {
    const error = await getJobError(await serve(() => undefined), { timeouts: { headers: 300, total: '1 minute' } });
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.details.code).toBe('UND_ERR_HEADERS_TIMEOUT');
  });

  it('where nothing but a hint of an answer comes', async () => {
    const error = await getJobError(await serve((_request, response) => response.writeProcessing()), {
      timeouts: { total: 300 },
    });
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.details.status).toBeUndefined();
  });

  it.each([
    ['a job', (client: UnstructuredClient) => client.getJob(JOB_ID)],
    ['an output, which has no total time', (client: UnstructuredClient) => client.downloadJobOutput(JOB_ID, 'a.pdf')],
    ['a start without files', (client: UnstructuredClient) => client.runWorkflow(JOB_ID)],
  ])('where hints of an answer go on and on: of %s', async (_, ask) => {
    const client = clientOf(await serve(hintForEver), { timeouts: { headers: 300, total: '1 minute' } });
    const error = await errorOf(ask(client));
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.details).toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(error.details.status).toBeUndefined();
  });

  it('and not before it, where hints come, and then the answer', async () => {
    const baseUrl = await serve((_request, response) => {
      for (let n = 0; n < 5; n++) response.writeProcessing();
      response.write(BODY.slice(0, 10));
      setTimeout(() => response.end(BODY.slice(10)), 400);
    });
    const client = clientOf(baseUrl, { timeouts: { headers: 200 } });
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });

  it('where the body stalls', async () => {
    const baseUrl = await serve((_request, response) => void response.writeHead(200).write(BODY.slice(0, 10)));
    const error = await getJobError(baseUrl, { timeouts: { body: 300, total: '1 minute' } });
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.details.code).toBe('UND_ERR_BODY_TIMEOUT');
  });

  it('where the body drips without end', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const error = await getJobError(baseUrl, { timeouts: { body: '1 minute', total: 400 } });
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.message).toContain('within 400 ms, still reading the answer');
  });

  it('where TLS is never answered', async () => {
    const baseUrl = (await serveTcp(() => undefined)).replace('http:', 'https:');
    const error = await getJobError(baseUrl, { timeouts: { connect: 300, total: '1 minute' } });
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.details.code).toBe('UND_ERR_CONNECT_TIMEOUT');
  });

  it('where the apiKey function never answers', async () => {
    const apiKey = () => new Promise<string>(() => undefined);
    const error = await getJobError('https://127.0.0.1:1', { apiKey, timeouts: { total: 200 } });
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.message).toContain('still asking for the API key');
  });

  it('where all connections are taken, and the waiting request is never sent', async () => {
    let requests = 0;
    const answers: (() => void)[] = [];
    const baseUrl = await serve((_request, response) => {
      requests += 1;
      answers.push(() => response.end(BODY));
    });
    const client = clientOf(baseUrl, { connections: 1 });
    const first = client.getJob(JOB_ID);
    const error = await errorOf(client.getJob(JOB_ID, { timeoutMs: 200 }));
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.message).toContain('still waiting for a connection');
    answers.shift()?.();
    expect(await first).toMatchObject({ id: JOB_ID });
    const third = client.getJob(JOB_ID);
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    answers.shift()?.();
    await third;
    expect(requests).toBe(2);
  });

  it('at the call’s own limit, which can only lower the client’s', async () => {
    const client = clientOf(await serve(() => undefined), { timeouts: { total: 300 } });
    const messages = await Promise.all(
      [100, 60_000].map(async (timeoutMs) => (await errorOf(client.getJob(JOB_ID, { timeoutMs }))).message),
    );
    expect(messages[0]).toContain('within 100 ms');
    expect(messages[1]).toContain('within 300 ms');
  });

  it.each([0, -1, NaN])('and refuses a limit of %o', async (timeoutMs) => {
    const error = await errorOf(clientOf('http://localhost:1').getJob(JOB_ID, { timeoutMs }));
    expect(error.message).toContain(`timeoutMs must be a number of milliseconds above 0; got ${timeoutMs}`);
  });
});

describe('a call that is given up', () => {
  const cancelled = { name: 'no Error at all' };

  it('ends with the signal’s own reason, whatever that is', async () => {
    for (const reason of [cancelled, new Error('stop'), 'stop']) {
      const controller = new AbortController();
      const baseUrl = await serve(() => controller.abort(reason));
      const call = clientOf(baseUrl).getJob(JOB_ID, { signal: controller.signal });
      expect(await call.catch((error: unknown) => error)).toBe(reason);
    }
  });

  it('sends nothing where the signal was aborted before', async () => {
    let requests = 0;
    const baseUrl = await serve((_request, response) => {
      requests += 1;
      response.end(BODY);
    });
    const client = clientOf(baseUrl);
    const call = client.getJob(JOB_ID, { signal: AbortSignal.abort(cancelled) });
    expect(await call.catch((error: unknown) => error)).toBe(cancelled);
    await client.getJob(JOB_ID);
    expect(requests, 'only the one that came after it').toBe(1);
  });

  it('sends nothing where the key comes too late', async () => {
    let requests = 0;
    const baseUrl = await serve((_request, response) => {
      requests += 1;
      response.end(BODY);
    });
    const controller = new AbortController();
    const waiting: ((key: string) => void)[] = [];
    const client = clientOf(baseUrl, { apiKey: () => new Promise((resolve) => waiting.push(resolve)), connections: 1 });
    const givenUp = client.getJob(JOB_ID, { signal: controller.signal });
    const patient = client.getJob(JOB_ID);
    controller.abort(cancelled);
    expect(await givenUp.catch((error: unknown) => error)).toBe(cancelled);
    for (const giveKey of waiting) giveKey('late-key');
    await patient;
    expect(requests).toBe(1);
  });

  it('closes its connection', async () => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const baseUrl = await serve((request) => {
      closed = once(request.socket, 'close');
      controller.abort();
    });
    await expect(clientOf(baseUrl).getJob(JOB_ID, { signal: controller.signal })).rejects.toThrow('aborted');
    await closed;
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const client = clientOf(await serve((_request, response) => response.end(BODY)));
    await client.getJob(JOB_ID, { signal });
    expect(added.mock.calls.map(([, listener]) => listener)).toEqual(
      removed.mock.calls.map(([, listener]) => listener),
    );
    expect(added).toHaveBeenCalledOnce();
  });
});
