import { setTimeout } from 'node:timers/promises';
import { ServiceError } from '@temporalio/client';
import { afterEach, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { createWebhookHandler, type JobEvent, type WebhookHandlerOptions } from '../../src/webhooks';
import { formsIn } from '../support/secrets';
import { API_WORKFLOW_ID, bodyOf, clientWith, delivery, headersOf, JOB_ID, nowInSeconds, SECRET } from './support';

const SHARED = `unstructured-job-${JOB_ID}`;
const NEXT = `unstructured-workflow-${API_WORKFLOW_ID}-2026-11-29T00:00Z`;
const OTHER_JOB_ID = '0a1b2c3d-2222-4222-8333-0123456789ab';
const OF_JOB_ALONE = `(WorkflowType = 'awaitJobCompletion' AND (WorkflowId STARTS_WITH '${SHARED}')) AND ExecutionStatus = 'Running'`;

afterEach(() => void vi.useRealTimers());

function setUp(client = clientWith(), options: Partial<WebhookHandlerOptions> = {}) {
  const errors: Error[] = [];
  const onError = (error: Error) => void errors.push(error);
  const handler = createWebhookHandler({ client: client.client, secret: SECRET, onError, ...options });
  const handle = async (request: Request) => {
    const response = await handler(request);
    return { status: response.status, json: await response.json(), headers: response.headers };
  };
  return { ...client, handle, errors };
}

describe('a delivery', () => {
  it.each(['job.completed', 'job.stopped', 'job.failed'])('of %s makes the waiter look', async (type) => {
    const { handle, signals, queries } = setUp(clientWith({ running: [SHARED] }));
    expect(await handle(delivery(bodyOf(type)))).toMatchObject({
      status: 200,
      json: { result: 'signalled', waiters: 1 },
    });
    expect(signals).toEqual([`unstructured.checkNow ${SHARED}`]);
    expect(queries).toHaveLength(1);
  });

  it('reaches the waits of second parents, and that for the next job of the workflow', async () => {
    const others = [`${SHARED}/parent`, `${SHARED}/digest`, NEXT];
    const { handle, signals, queries } = setUp(clientWith({ running: [SHARED, ...others] }));
    expect(await handle(delivery())).toMatchObject({ status: 200, json: { result: 'signalled', waiters: 4 } });
    expect(signals.sort()).toEqual([SHARED, ...others].map((id) => `unstructured.checkNow ${id}`).sort());
    expect(queries).toEqual([
      `(WorkflowType = 'awaitJobCompletion' AND (WorkflowId STARTS_WITH '${SHARED}' OR ` +
        `WorkflowId STARTS_WITH 'unstructured-workflow-${API_WORKFLOW_ID}-')) AND ExecutionStatus = 'Running'`,
    ]);
  });

  it('looks for the job alone where the body names no workflow', async () => {
    const { handle, queries } = setUp();
    await handle(delivery(bodyOf('job.failed', { job_id: JOB_ID, workflow_id: "' OR 1=1" })));
    expect(queries).toEqual([OF_JOB_ALONE]);
  });

  it('looks by the search attribute for runs, and for waits under any id', async () => {
    const own = 'my own id';
    const client = clientWith({ running: [own] });
    const { handle, signals, queries } = setUp(client, { searchAttributes: { jobId: 'MyJob' } });
    const answer = await handle(delivery(bodyOf('job.failed', { job_id: JOB_ID })));
    expect(answer.json).toEqual({ result: 'signalled', waiters: 1 });
    expect(signals).toEqual([`unstructured.checkNow ${own}`]);
    expect(queries).toEqual([
      `((WorkflowType = 'awaitJobCompletion' AND (WorkflowId STARTS_WITH '${SHARED}')) OR ` +
        `(WorkflowType IN ('awaitJobCompletion', 'runJob') AND \`MyJob\` = '${JOB_ID}')) AND ExecutionStatus = 'Running'`,
    ]);
  });

  it.each([OTHER_JOB_ID, OTHER_JOB_ID.toUpperCase()])(
    'leaves alone a wait for the next job that has another job, %s',
    async (jobId) => {
      const listed = [{ workflowId: NEXT, status: 'RUNNING', memo: { 'unstructured.jobId': jobId } }];
      const { handle, signals } = setUp(clientWith({ running: [NEXT], listed }));
      expect((await handle(delivery())).json).toEqual({ result: 'unknown', waiters: 0 });
      expect(signals).toEqual([]);
    },
  );

  it('reaches a waiter that the list does not show yet', async () => {
    const { handle } = setUp(clientWith({ running: [SHARED], listed: [] }));
    expect((await handle(delivery())).json).toEqual({ result: 'signalled', waiters: 1 });
  });

  it('signals a waiter once, however often the list shows its runs', async () => {
    const other = `${SHARED}/parent`;
    const listed = [other, other, SHARED].map((workflowId) => ({ workflowId, status: 'RUNNING' }));
    const { handle, signals } = setUp(clientWith({ running: [SHARED, other], listed }));
    await handle(delivery());
    expect(signals).toHaveLength(2);
  });

  it('signals no more than 200 waiters beside the shared one', async () => {
    const others = Array.from({ length: 300 }, (_, n) => `${SHARED}/${n}`);
    const { handle } = setUp(clientWith({ running: [SHARED, ...others], listed: others.map(runs) }));
    expect((await handle(delivery())).json).toEqual({ result: 'signalled', waiters: 201 });
  });

  const runs = (workflowId: string) => ({ workflowId, status: 'RUNNING' });

  it('is unknown where nobody waits, and where the wait ended in between', async () => {
    const listed = [`${SHARED}/parent`].map(runs);
    for (const client of [clientWith(), clientWith({ listed })])
      expect(await setUp(client).handle(delivery())).toMatchObject({
        status: 200,
        json: { result: 'unknown', waiters: 0 },
      });
  });

  it.each(['job.scheduled', 'job.in_progress', 'job.exploded', 'completed', null, 7])(
    'of type %s is ignored',
    async (type) => {
      const { handle, signals, queries } = setUp(clientWith({ running: [SHARED] }));
      const answer = await handle(delivery(bodyOf(type as string)));
      expect(answer).toMatchObject({ status: 200, json: { result: 'ignored', waiters: 0 } });
      expect([...signals, ...queries]).toEqual([]);
    },
  );

  it.each([
    'no JSON',
    '',
    'null',
    '{}',
    '[]',
    '{"type":"job.completed"}',
    '{"type":"job.completed","job":{"job_id":"x"}}',
    '[{"type":"job.completed"}]',
    '{"event":"job.completed"}',
  ])('that is signed and says %j is ignored, which is reported once', async (body) => {
    const { handle, errors } = setUp(clientWith({ running: [SHARED] }));
    for (let times = 0; times < 2; times++)
      expect(await handle(delivery(body))).toMatchObject({ status: 200, json: { result: 'ignored', waiters: 0 } });
    const expected = expect.objectContaining({ details: { reason: 'unreadable', status: 200 }, retryable: false });
    expect(errors).toEqual([expected]);
    expect(formsIn(errors, 'job.completed')).toEqual([]);
    await handle(delivery());
    await handle(delivery(body));
    expect(errors).toHaveLength(2);
  });

  it.each(['{"type":"job.in_progress"}', '{"type":"test"}', bodyOf('job.exploded')])(
    'that says %j is ignored, and not reported',
    async (body) => {
      const { handle, errors } = setUp();
      expect((await handle(delivery(body))).json).toEqual({ result: 'ignored', waiters: 0 });
      expect(errors).toEqual([]);
    },
  );

  it.each([
    `\uFEFF${bodyOf('job.stopped')}`,
    JSON.stringify({ type: 'notification', data: { type: 'job.failed', job_id: JOB_ID } }),
  ])('that says %j makes the waiter look', async (body) => {
    const { handle } = setUp(clientWith({ running: [SHARED] }));
    expect((await handle(delivery(body))).json).toEqual({ result: 'signalled', waiters: 1 });
  });

  const textStream = (pieces: number, piece: string) => {
    const pulled = { pieces: 0 };
    const pull = (controller: ReadableStreamDefaultController<string>) => {
      if ((pulled.pieces += 1) <= pieces) controller.enqueue(piece);
      else controller.close();
    };
    return { pulled, stream: new ReadableStream<string>({ pull }) };
  };
  const posted = (body: unknown, headers: Record<string, string>) =>
    new Request('http://hooks.example/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

  it('in pieces of text is read', async () => {
    const body = JSON.stringify({ type: 'job.completed', job: { job_id: JOB_ID, name: 'Zürich' } });
    const { stream } = textStream(1, body);
    const { handle } = setUp(clientWith({ running: [SHARED] }));
    expect((await handle(posted(stream, headersOf(body)))).json).toEqual({ result: 'signalled', waiters: 1 });
  });

  it.each(['x', 'ü'])('in too many pieces of text is not read on: %s', async (character) => {
    const { stream, pulled } = textStream(30, character.repeat(40_000));
    const { handle, errors } = setUp();
    expect((await handle(posted(stream, headersOf('')))).status).toBe(413);
    expect(pulled.pieces).toBeLessThan(10);
    expect(errors).toEqual([]);
  });

  it('in pieces of something else is answered with 500 and how to mount the handler', async () => {
    const stream = new ReadableStream({ start: (controller) => controller.enqueue({ type: 'job.completed' }) });
    const { handle } = setUp();
    const { status, json } = await handle(posted(stream, headersOf('')));
    expect([status, json]).toEqual([500, { error: expect.stringContaining('before any body parser') }]);
  });

  it('may come twice', async () => {
    const { handle, signals } = setUp(clientWith({ running: [SHARED] }));
    const twice = await Promise.all([handle(delivery()), handle(delivery())]);
    expect(twice.map(({ status }) => status)).toEqual([200, 200]);
    expect(signals).toHaveLength(2);
  });

  it('goes to a client of workflows alone, too', async () => {
    const { client, signals } = clientWith({ running: [SHARED] });
    const handler = createWebhookHandler({ client: client.workflow, secret: SECRET });
    expect((await handler(delivery())).status).toBe(200);
    expect(signals).toHaveLength(1);
  });

  it('gives Temporal no longer than 5 s', async () => {
    const { handle, deadlines } = setUp(clientWith({ running: [SHARED] }));
    vi.useFakeTimers({ now: 1_764_400_000_000, toFake: ['Date'] });
    await handle(delivery());
    expect(deadlines).toEqual([1_764_400_005_000]);
  });
});

describe('what is no delivery', () => {
  const body = bodyOf();
  const without = (name: string) =>
    Object.fromEntries(Object.entries(headersOf(body)).filter(([header]) => header !== name));
  const forged = { ...headersOf(body), 'webhook-signature': 'v1,AAAA' };

  it.each<[string, number, Request]>([
    ['forged', 401, delivery(body, forged)],
    ['by another secret', 401, delivery(body, headersOf(body, { secret: 'another secret' }))],
    ['of another body', 401, delivery(bodyOf('job.failed'), headersOf(body))],
    ['stale', 401, delivery(body, headersOf(body, { timestamp: nowInSeconds(-301) }))],
    ['from the future', 401, delivery(body, headersOf(body, { timestamp: nowInSeconds(310) }))],
    ['without an id', 400, delivery(body, without('webhook-id'))],
    ['without a time', 400, delivery(body, without('webhook-timestamp'))],
    ['without a signature', 400, delivery(body, without('webhook-signature'))],
    ['at no readable time', 400, delivery(body, headersOf(body, { timestamp: 'today' }))],
    ['too large', 413, delivery('x'.repeat(256 * 1_024 + 1), forged)],
    ['a PUT', 405, new Request('http://hooks.example/', { method: 'PUT', body, headers: headersOf(body) })],
    ['a GET', 405, new Request('http://hooks.example/')],
    ['a HEAD', 405, new Request('http://hooks.example/', { method: 'HEAD' })],
  ])('as it is %s is answered with %i', async (_, status, request) => {
    const { handle, signals, queries, errors } = setUp(clientWith({ running: [SHARED] }));
    const { json, headers, ...answer } = await handle(request);
    expect(answer.status).toBe(status);
    expect(json).toEqual({ error: expect.any(String) });
    expect(headers.get('allow')).toBe(status === 405 ? 'POST' : null);
    expect([...signals, ...queries, ...errors]).toEqual([]);
  });

  it('is not what has 256 KiB exactly', async () => {
    const large = `${bodyOf()}${' '.repeat(256 * 1_024 - bodyOf().length)}`;
    expect((await setUp().handle(delivery(large))).status).toBe(200);
  });

  it('is not read on once it is too large', async () => {
    let pulled = 0;
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        if (pulled <= 20) controller.enqueue(new Uint8Array(64 * 1_024));
        else controller.close();
      },
      cancel: () => void (cancelled = true),
    });
    const request = new Request('http://hooks.example/', { method: 'POST', body: stream, duplex: 'half' });
    expect((await setUp().handle(request)).status).toBe(413);
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(10);
  });

  it('is answered with 400 where the body breaks off', async () => {
    const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('reset')) });
    const request = new Request('http://hooks.example/', { method: 'POST', body: stream, duplex: 'half' });
    expect((await setUp().handle(request)).status).toBe(400);
  });
});

test.each<[string, (request: Request) => unknown]>([
  ['has read', (request) => request.json()],
  ['is reading', (request) => request.body?.getReader()],
  [
    'began to read',
    async ({ body }) => {
      const reader = body?.getReader();
      await reader?.read();
      reader?.releaseLock();
    },
  ],
])('a body that somebody %s is answered with 500 and how to mount the handler', async (_, read) => {
  const { handle, errors } = setUp();
  const request = delivery();
  await read(request);
  const { status, json } = await handle(request);
  expect(status).toBe(500);
  expect(json).toEqual({ error: expect.stringContaining('before any body parser') });
  expect(errors).toEqual([expect.objectContaining({ details: { reason: 'bodyUsed', status: 500 } })]);
});

describe('secrets', () => {
  it('are asked for at each delivery, of a list in which some may come later', async () => {
    let current = 'the first secret';
    const secret = () => [Promise.resolve(current), 'the old secret'];
    const { handle } = setUp(clientWith(), { secret });
    const signedBy = (name: string) => handle(delivery(bodyOf(), headersOf(bodyOf(), { secret: name })));
    expect((await signedBy('the first secret')).status).toBe(200);
    expect((await signedBy('the old secret')).status).toBe(200);
    current = 'the second secret';
    expect((await signedBy('the first secret')).status).toBe(401);
    expect((await signedBy('the second secret')).status).toBe(200);
  });

  it.each<[number, string, Record<string, string>]>([
    [400, 'no headers', {}],
    [400, 'no id', { ...headersOf(bodyOf()), 'webhook-id': '' }],
    [400, 'no readable time', headersOf(bodyOf(), { timestamp: '12e3' })],
    [401, 'a time long ago', headersOf(bodyOf(), { timestamp: nowInSeconds(-400) })],
    [401, 'a time to come', headersOf(bodyOf(), { timestamp: nowInSeconds(400) })],
  ])('are not asked for, and %i is answered, where a request has %s', async (status, _, headers) => {
    const secret = vi.fn(() => raise('store down'));
    const { handle } = setUp(clientWith(), { secret });
    expect((await handle(delivery(bodyOf(), headers))).status).toBe(status);
    expect(secret).not.toHaveBeenCalled();
  });

  it.each<[string, WebhookHandlerOptions['secret']]>([
    ['a text', SECRET],
    ['a list', ['another', SECRET]],
    ['a function', () => SECRET],
    ['a function that takes its time', () => Promise.resolve([SECRET])],
  ])('may be %s', async (_, secret) => {
    expect((await setUp(clientWith(), { secret }).handle(delivery())).status).toBe(200);
  });

  it.each<[string, () => unknown, string]>([
    ['throws', () => raise('store down'), 'The function of option secret failed.'],
    ['rejects', () => Promise.reject(new Error('store down')), 'The function of option secret failed.'],
    ['rejects in its list', () => [SECRET, Promise.reject(new Error('down'))], 'The function of option secret failed.'],
    ['gives nothing', () => undefined, 'got undefined.'],
    ['gives an empty text', () => '', 'got an empty one.'],
    ['gives an empty list', () => [], 'got an empty list.'],
    ['gives a list with a hole', () => [SECRET, undefined], 'got undefined at 1.'],
    ['gives a line', () => `${SECRET}\n`, 'white space around it (value not shown)'],
  ])('by a function that %s are answered with 503', async (_, secret, message) => {
    const { handle, errors } = setUp(clientWith(), { secret: secret as () => string });
    const { status, json } = await handle(delivery());
    expect(status).toBe(503);
    expect(json).toEqual({ error: expect.stringContaining(message) });
    expect(errors).toHaveLength(1);
    expect(formsIn([json, errors], SECRET)).toEqual([]);
  });
});

describe('where Temporal fails', () => {
  const refusedBy = (code: number) =>
    new ServiceError('refused', { cause: Object.assign(new Error('no'), { code, details: '', metadata: {} }) });
  const down = new ServiceError('Failed to signal', { cause: Object.assign(new Error('unavailable'), { code: 14 }) });

  test('a delivery is answered with 503, and all waiters were tried', async () => {
    const others = [`${SHARED}/1`, `${SHARED}/2`, `${SHARED}/3`];
    const signal = (id: string) => (id.endsWith('/2') ? Promise.reject(down) : Promise.resolve());
    const { handle, signals, errors } = setUp(clientWith({ running: [SHARED, ...others], signal }));
    expect((await handle(delivery())).status).toBe(503);
    expect(signals).toHaveLength(3);
    expect(errors).toEqual([expect.objectContaining({ details: { reason: 'temporal', status: 503 }, cause: down })]);
  });

  it('so it is where the list of workflows fails, and the shared waiter was signalled all the same', async () => {
    const { handle, signals } = setUp(clientWith({ running: [SHARED], list: () => raise(down) }));
    expect((await handle(delivery())).status).toBe(503);
    expect(signals).toHaveLength(1);
  });

  test('a server without such a list has the shared waiter alone', async () => {
    const { handle } = setUp(clientWith({ running: [SHARED], list: () => raise(refusedBy(12)) }));
    expect((await handle(delivery())).json).toEqual({ result: 'signalled', waiters: 1 });
  });

  test('a namespace without the search attribute has waits alone, which is reported once, and again where it is lost again', async () => {
    let isLacking = true;
    const list = (query: string) => isLacking && query.includes('UnstructuredJobId') && raise(refusedBy(3));
    const { handle, errors, queries } = setUp(clientWith({ running: [SHARED], list }), { searchAttributes: true });
    for (let times = 0; times < 2; times++)
      expect((await handle(delivery())).json).toEqual({ result: 'signalled', waiters: 1 });
    expect(queries).toHaveLength(4);
    expect(errors.map(({ message }) => message)).toEqual([
      'Runs, and waits under ids of your own, are not signalled: the namespace lacks the search attribute of option searchAttributes, or has it with another type.',
    ]);
    isLacking = false;
    await handle(delivery());
    expect(errors).toHaveLength(1);
    isLacking = true;
    await handle(delivery());
    expect(errors).toHaveLength(2);
  });

  test('a query that is refused for anything else is answered with 503', async () => {
    const { handle } = setUp(clientWith({ running: [SHARED], list: () => raise(refusedBy(3)) }));
    expect((await handle(delivery())).status).toBe(503);
  });

  it('by not answering, a delivery is answered with 503 after 5 s', async () => {
    vi.useFakeTimers();
    const { handle, errors } = setUp(clientWith({ signal: () => new Promise(() => {}) }));
    const answered = handle(delivery());
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await answered).status).toBe(503);
    expect(errors).toEqual([expect.objectContaining({ details: { reason: 'deadline', status: 503 } })]);
  });
});

describe('onUnawaited', () => {
  function recorder() {
    const events: JobEvent[] = [];
    return { events, onUnawaited: (event: JobEvent) => void events.push(event) };
  }

  it('is called for a job that nobody awaits', async () => {
    const { events, onUnawaited } = recorder();
    const { handle } = setUp(clientWith(), { onUnawaited });
    expect((await handle(delivery())).json).toEqual({ result: 'unknown', waiters: 0 });
    expect(events).toEqual([expect.objectContaining({ id: 'msg_1', type: 'job.completed', jobId: JOB_ID })]);
  });

  it('is not called where somebody waits, nor for what is ignored', async () => {
    const { events, onUnawaited } = recorder();
    const { handle } = setUp(clientWith({ running: [SHARED] }), { onUnawaited });
    await handle(delivery());
    await handle(delivery(bodyOf('job.in_progress')));
    await handle(delivery(bodyOf(), headersOf(bodyOf(), { secret: 'another' })));
    expect(events).toEqual([]);
  });

  it('is not called where a wait for the job is over', async () => {
    const { events, onUnawaited } = recorder();
    const listed = [{ workflowId: SHARED, status: 'COMPLETED' }];
    const { handle } = setUp(clientWith({ listed }), { onUnawaited });
    expect((await handle(delivery())).json).toEqual({ result: 'unknown', waiters: 0 });
    expect(events).toEqual([]);
  });

  it('looks for waits that are over, too', async () => {
    const { onUnawaited } = recorder();
    const { handle, queries } = setUp(clientWith(), { onUnawaited });
    await handle(delivery());
    expect(queries).toHaveLength(1);
    expect(queries[0]).not.toContain('ExecutionStatus');
  });

  const next = (status: string, jobId?: string) => ({
    workflowId: NEXT,
    status,
    memo: { 'unstructured.wait': {}, ...(jobId !== undefined && { 'unstructured.jobId': jobId }) },
  });

  it.each([
    ['waits for this job', 'RUNNING', JOB_ID, 0, 'signalled'],
    ['waited for this job', 'COMPLETED', JOB_ID.toUpperCase(), 0, 'unknown'],
    ['waits for another job', 'RUNNING', OTHER_JOB_ID, 1, 'unknown'],
    ['waited for another job', 'FAILED', OTHER_JOB_ID, 1, 'unknown'],
    ['has no job yet', 'RUNNING', undefined, 1, 'signalled'],
    ['never had a job', 'TERMINATED', undefined, 1, 'unknown'],
  ])('where a wait for the next job %s: %s, job %s, calls it %i times', async (_, status, jobId, calls, result) => {
    const { events, onUnawaited } = recorder();
    const { handle } = setUp(clientWith({ running: [NEXT], listed: [next(status, jobId)] }), { onUnawaited });
    expect((await handle(delivery())).json).toMatchObject({ result });
    expect(events).toHaveLength(calls);
  });

  it.each([() => raise('no'), () => Promise.reject(new Error('no'))])(
    'that fails has the delivery answered with 503',
    async (onUnawaited) => {
      const { handle, errors } = setUp(clientWith(), { onUnawaited });
      expect((await handle(delivery())).status).toBe(503);
      expect(errors).toEqual([expect.objectContaining({ details: { reason: 'unawaited', status: 503 } })]);
    },
  );

  it('that does not end has it answered after 5 s', async () => {
    vi.useFakeTimers();
    const { handle } = setUp(clientWith(), { onUnawaited: () => new Promise(() => {}) });
    const answered = handle(delivery());
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await answered).status).toBe(503);
  });
});

test('a function for errors that throws spoils no answer', async () => {
  const { client } = clientWith();
  const handler = createWebhookHandler({ client, secret: () => raise('no'), onError: () => raise('no') });
  expect((await handler(delivery())).status).toBe(503);
});

test('a function for errors that rejects spoils neither the answer nor the process', async () => {
  const { client } = clientWith();
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const onError = (() => Promise.reject(new Error('no'))) as () => unknown;
  const handler = createWebhookHandler({ client, secret: () => raise('no'), onError });
  expect((await handler(delivery())).status).toBe(503);
  await setTimeout(10);
  expect(unhandled).toEqual([]);
});

test('errors go to the console where nobody else is told', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await createWebhookHandler({ client: clientWith().client, secret: () => raise('no') })(delivery());
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ type: 'UnstructuredWebhookError' }));
  } finally {
    error.mockRestore();
  }
});

describe('options', () => {
  const { client } = clientWith();

  it.each<[string, unknown, RegExp]>([
    ['none', undefined, /^Option options must be an object; got undefined\.$/],
    ['no client', { secret: SECRET }, /^Option client must be a Temporal Client, or .*; got undefined\.$/],
    ['another client', { client: {}, secret: SECRET }, /^Option client must be a Temporal Client.*; got object\.$/],
    ['no secret', { client }, /^Option secret must be a secret, or a list.*; got undefined\.$/],
    ['an empty secret', { client, secret: '' }, /^Option secret must be a secret.*; got an empty one\.$/],
    ['a blank secret', { client, secret: '  ' }, /^Option secret must be a secret.*; got an empty one\.$/],
    ['a secret with a line end', { client, secret: `${SECRET}\n` }, /^Option secret must.*\(value not shown\)\.$/],
    ['no secrets', { client, secret: [] }, /^Option secret must be a secret.*; got an empty list\.$/],
    ['an empty secret in a list', { client, secret: [SECRET, ''] }, /^Option secret must.*; got an empty one at 1\.$/],
    ['a promise', { client, secret: Promise.resolve(SECRET) }, /^Option secret must.*; got object\.$/],
    [
      'no function',
      { client, secret: SECRET, onUnawaited: 'x' },
      /^Option onUnawaited must be a function; got string\.$/,
    ],
    [
      'no name of a search attribute',
      { client, secret: SECRET, searchAttributes: { jobId: "Id' OR '1" } },
      /^Option searchAttributes must be true, false, or an object with names/,
    ],
    ['no report', { client, secret: SECRET, onError: {} }, /^Option onError must be a function; got object\.$/],
    ['a wrong name', { client, secrets: SECRET, secret: SECRET }, /^Unknown option secrets; known are client, secret,/],
  ])('that are wrong, by %s, are refused by name', (_, options, message) => {
    try {
      createWebhookHandler(options as WebhookHandlerOptions);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toMatch(message);
      expect(error).toMatchObject({ type: 'UnstructuredValidationError' });
      expect(formsIn(error, SECRET)).toEqual([]);
    }
  });
});

function raise(error: unknown): never {
  throw error instanceof Error ? error : new Error(String(error));
}
