import { setTimeout as sleep } from 'node:timers/promises';
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import {
  FakeUnstructured,
  type FakeUnstructuredOptions,
  type TimelineStep,
  type WebhookSpec,
} from '../../../../src/testing';
import { JOB_ID_PLACES } from '../../../../src/testing/fake/webhooks/delivery-switches';
import { readJobEvent } from '../../../../src/webhooks';
import { check, ManualClock } from '../client';
import { Receiver } from '../../webhook-receiver';

const SECRET = 'a secret of 24 bytes, ünïcödé';
const HOURS: TimelineStep[] = [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']];
const MINUTE = 60_000;

/** A fake on a clock of its own, whose channel leads to a receiver. */
async function setUp(webhook: Partial<WebhookSpec> = {}, options: FakeUnstructuredOptions = {}) {
  const clock = new ManualClock();
  const receiver = await Receiver.start();
  const webhooks = [{ url: receiver.url, secret: SECRET, retries: [], ...webhook }];
  const api = await FakeUnstructured.start({ now: () => clock.at, webhooks, ...options });
  onTestFinished(async () => {
    await api.close();
    await receiver[Symbol.asyncDispose]();
  });
  const advance = (ms: number) => {
    clock.advance(ms);
    return api.deliver();
  };
  return { api, clock, receiver, advance };
}

describe('a channel', () => {
  it('is told of what a job becomes, when the clock of the test is there', async () => {
    const { api, receiver, advance } = await setUp();
    const job = api.addJob({ timeline: HOURS });
    await api.deliver();
    expect(receiver.types).toEqual(['job.scheduled']);
    await advance(30 * MINUTE);
    expect(receiver.types).toEqual(['job.scheduled', 'job.in_progress']);
    await advance(89 * MINUTE);
    expect(receiver.types).toHaveLength(2);
    await advance(MINUTE);
    expect(receiver.types).toEqual(['job.scheduled', 'job.in_progress', 'job.completed']);
    expect(api.deliveries.at(-1)).toMatchObject({
      index: 3,
      url: receiver.url,
      type: 'job.completed',
      jobId: job.id,
      attempt: 1,
      forged: false,
      status: 200,
      answer: '{"result":"noted"}',
    });
  });

  it('is told of each step in order, also where the clock jumps over some', async () => {
    const { api, receiver, advance } = await setUp();
    api.addJob({ timeline: HOURS });
    await advance(300 * MINUTE);
    expect(receiver.types).toEqual(['job.scheduled', 'job.in_progress', 'job.completed']);
    await advance(300 * MINUTE);
    expect(receiver.types).toHaveLength(3);
  });

  it('is told at a request, too', async () => {
    const { api, clock, receiver } = await setUp();
    const job = api.addJob({ timeline: HOURS });
    clock.advance(120 * MINUTE);
    await check(api, job);
    await expect.poll(() => receiver.types).toEqual(['job.scheduled', 'job.in_progress', 'job.completed']);
  });

  it('is told by the real clock where the fake has no other', async () => {
    const { api, receiver } = await setUp({}, { now: undefined });
    api.addJob({ timeline: [['SCHEDULED', 30], ['IN_PROGRESS', 30], ['FAILED']] });
    await expect.poll(() => receiver.types).toEqual(['job.scheduled', 'job.in_progress', 'job.failed']);
  });

  it('is told by timers, none of which fires before there is something to tell', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { api } = await setUp({ early: '1m', lost: 'always' }, { now: undefined }); // a request has timers of its own
    const [days, longest] = [40 * 24 * 60 * MINUTE, 2 ** 31 - 1];
    api.addJob({ timeline: [['SCHEDULED', '30m'], ['IN_PROGRESS', days], ['COMPLETED']] });
    await api.deliver();
    const pauses: number[] = [];
    while (vi.getTimerCount() > 0 && pauses.length < 10) {
      const before = Date.now();
      vi.advanceTimersToNextTimer();
      await api.deliver();
      pauses.push(Date.now() - before);
    }
    expect(pauses).toEqual([29 * MINUTE, MINUTE, longest, days - MINUTE - longest, MINUTE]);
  });

  it('is told of the last check of a step, of a status set by hand, and of a cancel', async () => {
    const { api, receiver } = await setUp();
    const counted = api.addJob({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    await check(api, counted);
    await api.deliver();
    expect(receiver.types).toEqual(['job.in_progress']);
    await check(api, counted);
    await expect.poll(() => receiver.types).toEqual(['job.in_progress', 'job.completed']);

    api.addJob({ timeline: ['SCHEDULED'] }).setStatus('FAILED');
    await api.deliver();
    expect(receiver.types.slice(2)).toEqual(['job.scheduled', 'job.failed']);

    const stopped = api.addJob({ timeline: HOURS });
    const headers = { 'unstructured-api-key': api.apiKey };
    await fetch(`${api.url}/api/v1/jobs/${stopped.id}/cancel`, { method: 'POST', headers });
    await expect.poll(() => receiver.types.slice(4)).toEqual(['job.scheduled', 'job.stopped']);
  });

  it('is told nothing of a status that has no event', async () => {
    const { api, receiver, advance } = await setUp();
    api.addJob({ timeline: [['PAUSED', '1m'], ['COMPLETED']] });
    await advance(MINUTE);
    expect(receiver.types).toEqual(['job.completed']);
  });

  it('is told of its event types and its workflow alone, and of nothing while it is off', async () => {
    const workflowId = '0b1f6a52-6f4e-4b0e-8f3a-7c1d2e3f4a5b';
    for (const [webhook, expected] of [
      [{ eventTypes: ['job.completed'] }, ['job.completed', 'job.completed']],
      [{ workflowId }, ['job.scheduled', 'job.in_progress', 'job.completed']],
      [{ enabled: false }, []],
    ] as const) {
      const { api, receiver, advance } = await setUp(webhook as Partial<WebhookSpec>);
      api.addJob({ timeline: HOURS });
      api.addJob({ timeline: HOURS, workflowId });
      await advance(120 * MINUTE);
      expect(receiver.types).toEqual(expected);
    }
  });

  it('is told nothing of before it was there', async () => {
    const { api, clock, receiver } = await setUp({ enabled: false });
    api.addJob({ timeline: HOURS });
    clock.advance(30 * MINUTE);
    const event_types = ['job.scheduled', 'job.in_progress', 'job.completed'];
    const { json } = await channels(api).post({ url: receiver.url, secret: SECRET, event_types });
    expect(json).toMatchObject({ enabled: true });
    await api.deliver();
    expect(receiver.types).toEqual([]);
    clock.advance(90 * MINUTE);
    await api.deliver();
    expect(receiver.types).toEqual(['job.completed']);
  });

  it('is there again after a reset, and nothing else', async () => {
    const { api, receiver } = await setUp();
    const made = () => channels(api).post({ url: receiver.url, secret: SECRET });
    const { json } = await made();
    api.addJob();
    await api.deliver();
    expect(receiver.types).toHaveLength(2);
    await api.reset();
    expect(api.deliveries).toEqual([]);
    expect((await feed(api)).events).toEqual([]);
    const { json: again } = await made();
    expect(again['id']).toBe(json['id']);
    await channels(api).send('DELETE', `/${String(again['id'])}`);
    api.addJob({ timeline: ['FAILED'] });
    await api.deliver();
    expect(receiver.types).toEqual(['job.completed', 'job.completed', 'job.failed']);
  });
});

describe('a delivery', () => {
  it.each(JOB_ID_PLACES)(
    'is signed as the handler wants it, and has the job where it finds it, at %s',
    async (place) => {
      const { api, receiver } = await setUp({ jobIdAt: place });
      const { id: jobId, workflowId } = api.addJob();
      await api.deliver();
      const { body, headers } = receiver.received[0]!;
      expect(readJobEvent(body, headers, SECRET)).toMatchObject({ type: 'job.completed', jobId, workflowId });
      expect(headers['content-type']).toBe('application/json');
    },
  );

  it('is repeated under the same id until it is answered as it should be', async () => {
    const { api, receiver } = await setUp({ retries: [1, 1, 1, 1] });
    receiver.answers.push(503, 302, 401);
    api.addJob();
    await expect
      .poll(() => api.deliveries.map(({ attempt, status }) => [attempt, status]))
      .toEqual([
        [1, 503],
        [2, 302],
        [3, 401],
        [4, 200],
      ]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('is not repeated before its pause is over', async () => {
    const { api, receiver } = await setUp({ retries: ['1h'] });
    receiver.answers.push(503);
    api.addJob();
    await api.deliver();
    expect(api.deliveries.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 503]]);
  });

  it.each<[string, string, object | undefined]>([
    ['removed', 'DELETE', undefined],
    ['turned off', 'PATCH', { enabled: false }],
  ])('is not repeated once its channel is %s', async (_, method, body) => {
    const [ended, kept] = ['1'.repeat(8), '2'.repeat(8)].map((start) => `${start}-1111-4222-8333-0123456789ab`);
    const retries = Array.from({ length: 1_000 }, () => 1);
    const receiver = await Receiver.start();
    onTestFinished(() => receiver[Symbol.asyncDispose]());
    receiver.answers.push(...Array.from({ length: 2_002 }, () => 503));
    const webhooks = [ended, kept].map((id) => ({ id, url: receiver.url, secret: SECRET, retries }));
    const { api } = await setUp({}, { webhooks });
    api.addJob();
    const sent = (id?: string) => api.deliveries.filter(({ channelId }) => channelId === id).length;
    await expect.poll(() => sent(ended)).toBeGreaterThan(2);
    expect((await channels(api).send(method, `/${ended}`, body)).status).toBeLessThan(300);
    const [before, beforeOfOther] = [sent(ended), sent(kept)];
    await expect.poll(() => sent(kept)).toBeGreaterThan(beforeOfOther + 20);
    expect(sent(ended)).toBe(before);
  });

  it('is sent by connections of the fake’s own, whatever the test puts in the place of fetch', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network in this test'));
    onTestFinished(() => fetched.mockRestore());
    const before = getGlobalDispatcher();
    setGlobalDispatcher(new MockAgent());
    onTestFinished(() => setGlobalDispatcher(before));
    const { api, receiver } = await setUp();
    api.addJob();
    await api.deliver();
    expect(receiver.types).toEqual(['job.completed']);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('that reaches nobody says why', async () => {
    const { api } = await setUp({ url: 'http://127.0.0.1:1/' });
    api.addJob();
    await api.deliver();
    expect(api.deliveries).toEqual([expect.objectContaining({ status: null, answer: expect.any(String) })]);
    expect(api.deliveries[0]?.answer).not.toBe('');
  });
});

describe('deliveries may be', () => {
  it('early', async () => {
    const { api, receiver, advance } = await setUp({ early: '1m', eventTypes: ['job.completed'] });
    const job = api.addJob({ timeline: [['IN_PROGRESS', '10m'], ['COMPLETED']] });
    await advance(9 * MINUTE - 1);
    expect(receiver.types).toEqual([]);
    await advance(1);
    expect(receiver.types).toEqual(['job.completed']);
    expect(await job.status()).toBe('IN_PROGRESS');
    await advance(MINUTE);
    expect(await job.status()).toBe('COMPLETED');
    expect(receiver.types).toEqual(['job.completed']);
  });

  it('early by the real clock', async () => {
    const { api, receiver } = await setUp({ early: '1h', eventTypes: ['job.completed'] }, { now: undefined });
    api.addJob({ timeline: [['SCHEDULED', 50], ['IN_PROGRESS', '30m'], ['COMPLETED']] });
    await expect.poll(() => receiver.types).toEqual(['job.completed']);
  });

  it('late', async () => {
    const { api, receiver } = await setUp({ late: 100 });
    api.addJob();
    await sleep(20);
    expect(receiver.types).toEqual([]);
    await api.deliver();
    expect(receiver.types).toEqual(['job.completed']);
  });

  it('duplicate', async () => {
    const { api, receiver, advance } = await setUp({ duplicate: { status: 'COMPLETED' } });
    api.addJob({ timeline: HOURS });
    await advance(120 * MINUTE);
    expect(receiver.types).toEqual(['job.scheduled', 'job.in_progress', 'job.completed', 'job.completed']);
    const [, , first, second] = receiver.received;
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
  });

  it('reordered', async () => {
    const { api, receiver, advance } = await setUp({ reordered: true });
    api.addJob({ timeline: HOURS });
    await advance(60 * MINUTE);
    expect(receiver.types).toEqual([]);
    await advance(60 * MINUTE);
    expect(receiver.types).toEqual(['job.completed', 'job.in_progress', 'job.scheduled']);
  });

  it('lost, the first, or by a predicate', async () => {
    const first = await setUp({ lost: 1 });
    first.api.addJob({ timeline: HOURS });
    await first.advance(120 * MINUTE);
    expect(first.receiver.types).toEqual(['job.in_progress', 'job.completed']);
    const some = await setUp({ lost: ({ jobStatus }) => jobStatus === 'COMPLETED' });
    some.api.addJob({ timeline: HOURS });
    await some.advance(120 * MINUTE);
    expect(some.receiver.types).toEqual(['job.scheduled', 'job.in_progress']);
  });

  it('forged, beside the real ones or without them', async () => {
    for (const [lost, expected] of [
      ['never', ['forged', 'job.completed']],
      ['always', ['forged']],
    ] as const) {
      const { api, receiver } = await setUp({ forged: 'always', lost });
      api.addJob();
      await api.deliver();
      const read = receiver.received.map(({ body, headers }) => {
        try {
          return readJobEvent(body, headers, SECRET).type;
        } catch {
          return 'forged';
        }
      });
      expect(read).toEqual(expected);
      expect(api.deliveries.map(({ forged }) => forged)).toEqual(expected.map((one) => one === 'forged'));
    }
  });
});

function channels(api: FakeUnstructured, under = '/notifications') {
  const send = async (method: string, path = '', body?: unknown) => {
    const response = await fetch(`${api.url}/api/v1${under}/channels${path}`, {
      method,
      headers: { 'unstructured-api-key': api.apiKey, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: (text === '' ? null : JSON.parse(text)) as Record<string, unknown> };
  };
  const usual = { channel_type: 'webhook', event_types: ['job.completed', 'job.failed', 'job.stopped'] };
  return { send, post: (body: object) => send('POST', '', { ...usual, ...body }) };
}

describe('the API of channels', () => {
  const ours = { url: 'https://hooks.example/', secret: SECRET };

  it('makes, shows, changes and ends them, and never shows a secret', async () => {
    const { api } = await setUp({ enabled: false });
    const { send, post } = channels(api);
    const made = await post({ ...ours, description: 'mine' });
    expect(made.status).toBe(201);
    const id = String(made.json['id']);
    const shown = {
      id,
      channel_type: 'webhook',
      url: 'https://hooks.example/',
      event_types: ['job.completed', 'job.failed', 'job.stopped'],
      description: 'mine',
      enabled: true,
      workflow_id: null,
      created_at: expect.any(String),
    };
    expect(made.json).toEqual(shown);
    expect((await send('GET', `/${id}`)).json).toEqual(shown);
    expect((await send('GET')).json).toEqual([expect.objectContaining({ enabled: false }), shown]);
    const changes = { enabled: false, description: null, event_types: ['job.failed'], secret: `${SECRET}!` };
    const { secret, ...visible } = changes;
    expect((await send('PATCH', `/${id}`, changes)).json).toEqual({ ...shown, ...visible });
    expect((await send('DELETE', `/${id}`)).status).toBe(204);
    expect((await send('GET', `/${id}`)).status).toBe(404);
  });

  it('has those of each workflow, too', async () => {
    const { api, receiver } = await setUp({ enabled: false });
    const { workflowId } = api.addJob({ timeline: ['SCHEDULED'] });
    const ofWorkflow = channels(api, `/workflows/${workflowId}/notifications`);
    const { status, json } = await ofWorkflow.post({ url: receiver.url });
    expect([status, json['workflow_id']]).toEqual([201, workflowId]);
    expect((await channels(api).send('GET', `/${String(json['id'])}`)).status).toBe(404);
    expect((await ofWorkflow.send('GET', `/${String(json['id'])}`)).status).toBe(200);
    api.addJob();
    api.addJob({ workflowId });
    await api.deliver();
    expect(receiver.received).toHaveLength(1);
  });

  it('changes the secret of deliveries, and turns them on', async () => {
    const { api, receiver } = await setUp({ enabled: false });
    const [{ id }] = (await channels(api).send('GET')).json as unknown as [{ id: string }];
    api.addJob();
    await channels(api).send('PATCH', `/${id}`, { enabled: true, secret: 'quite another secret, of 24' });
    api.addJob({ timeline: ['FAILED'] });
    await api.deliver();
    const [{ body, headers }] = receiver.received as [Receiver['received'][0]];
    expect(readJobEvent(body, headers, 'quite another secret, of 24').type).toBe('job.failed');
  });

  it.each([
    [{ url: 'http://hooks.example/' }, 'url'],
    [{ secret: 'too short' }, 'secret'],
    [{ secret: 'x'.repeat(76) }, 'secret'],
    [{ event_types: [] }, 'event_types'],
    [{ event_types: ['job.exploded'] }, 'event_types'],
    [{ channel_type: 'email' }, 'channel_type'],
  ])('refuses %j with 422', async (body, field) => {
    const { api } = await setUp();
    const { status, json } = await channels(api).post({ ...ours, ...body });
    expect(status).toBe(422);
    expect(JSON.stringify(json)).toContain(field);
  });

  it('refuses what is no uuid, no JSON, or without a key', async () => {
    const { api } = await setUp();
    expect((await channels(api).send('GET', '/mine')).status).toBe(422);
    expect((await channels(api, '/workflows/mine/notifications').send('GET')).status).toBe(422);
    expect((await channels(api).send('POST', '', 'no JSON')).status).toBe(422);
    expect((await fetch(`${api.url}/api/v1/notifications/channels`)).status).toBe(401);
  });
});

async function feed(api: FakeUnstructured, query = '') {
  const headers = { 'unstructured-api-key': api.apiKey };
  const response = await fetch(`${api.url}/api/v1/notifications${query}`, { headers });
  const json = (await response.json()) as { events: Record<string, unknown>[]; next_cursor: string | null };
  return { status: response.status, ...json };
}

describe('the feed of notifications', () => {
  it('has all that happened, the newest first, also without a channel', async () => {
    const { api, clock } = await setUp({}, { webhooks: undefined });
    const start = clock.at;
    const job = api.addJob({ timeline: HOURS });
    clock.advance(120 * MINUTE);
    const { events, next_cursor } = await feed(api);
    const at = (minutes: number) => new Date(start + minutes * MINUTE).toISOString();
    expect(events.map(({ event_type, created_at }) => [event_type, created_at])).toEqual([
      ['job.completed', at(120)],
      ['job.in_progress', at(30)],
      ['job.scheduled', at(0)],
    ]);
    expect(events[0]).toMatchObject({
      id: expect.any(String),
      workflow_id: job.workflowId,
      payload: { job_id: job.id, status: 'COMPLETED' },
      is_read: false,
    });
    expect(next_cursor).toBeNull();
    expect(events[0]?.['id']).toBe((await feed(api)).events[0]?.['id']);
  });

  it('tells when a job stopped, also where nobody looked at that time', async () => {
    const { api, clock } = await setUp({}, { webhooks: undefined });
    const job = api.addJob({ timeline: HOURS, answers: { cancelTakes: '1m' } });
    const stopsAt = new Date(clock.at + MINUTE).toISOString();
    const headers = { 'unstructured-api-key': api.apiKey };
    await fetch(`${api.url}/api/v1/jobs/${job.id}/cancel`, { method: 'POST', headers });
    clock.advance(5 * MINUTE);
    expect((await feed(api)).events[0]).toMatchObject({ event_type: 'job.stopped', created_at: stopsAt });
  });

  it('is read page by page, and by workflow, type and time', async () => {
    const { api, clock } = await setUp({}, { webhooks: undefined });
    const [first] = Array.from({ length: 5 }, () => api.addJob({ timeline: [['IN_PROGRESS', '1m'], ['COMPLETED']] }));
    await api.deliver();
    const before = new Date(clock.at).toISOString();
    clock.advance(MINUTE);
    const all = (await feed(api)).events;
    expect(all).toHaveLength(10);

    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await feed(api, `?limit=3${cursor && `&cursor=${cursor}`}`);
      expect(page.events.length).toBeLessThanOrEqual(3);
      paged.push(...page.events);
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(all);
    const ofCompleted = all.find(({ event_type }) => event_type === 'job.completed');
    const elsewhere = `?event_types=job.in_progress&cursor=${String(ofCompleted?.['id'])}`;
    expect((await feed(api, elsewhere)).status).toBe(422);

    expect((await feed(api, `?workflow_id=${first!.workflowId}`)).events).toHaveLength(2);
    expect((await feed(api, '?event_types=job.completed,job.failed')).events).toHaveLength(5);
    expect((await feed(api, `?since=${before}`)).events).toHaveLength(5);
    expect((await feed(api, '?unread_only=true')).events).toHaveLength(10);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'since=now',
    'event_types=a',
    'workflow_id=a',
    'cursor=a',
    'cursor=0a1b2c3d-1111-4222-8333-0123456789ab',
    'unread_only=1',
  ])('refuses %s with 422', async (query) => {
    const { api } = await setUp();
    expect((await feed(api, `?${query}`)).status).toBe(422);
  });
});

test('programs in other languages add a channel, and see what was delivered', async () => {
  const { api, receiver } = await setUp({}, { webhooks: undefined });
  const control = (path: string, body?: object) =>
    fetch(`${api.url}/__fake/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  const added = await control('webhooks', { url: receiver.url, secret: SECRET, duplicate: 1 });
  expect(await added.json()).toEqual({ id: expect.any(String) });
  expect((await control('webhooks', { url: 'ftp://x/', secret: SECRET })).status).toBe(400);
  await control('jobs', {});
  await api.deliver();
  expect(await (await control('deliveries')).json()).toMatchObject([{ status: 200 }, { status: 200 }]);
});

test.each<[unknown, RegExp]>([
  [[{ secret: SECRET }], /webhooks\[0\]\.url must be an https URL, or an http URL of this machine; got undefined/],
  [[{ url: 'http://hooks.example/', secret: SECRET }], /webhooks\[0\]\.url must be an https URL/],
  [[{ url: 'https://hooks.example/' }], /webhooks\[0\]\.secret/],
  [[{ url: 'https://hooks.example/', secret: SECRET, late: 'soon' }], /webhooks\[0\]\.late must be a duration/],
  [[{ url: 'https://hooks.example/', secret: SECRET, lose: 1 }], /lose/],
])('channels that make no sense are refused in words: %j', async (webhooks, message) => {
  await expect(FakeUnstructured.start({ webhooks: webhooks as WebhookSpec[] })).rejects.toThrow(message);
});
