import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readJobEvent, UnstructuredWebhookError, type WebhookHeaders } from '../../src/webhooks';
import { readHeaders, verifySignature } from '../../src/webhooks/signature';
import { formsIn } from '../support/secrets';
import { bodyOf, headersOf, JOB_ID, nowInSeconds, SECRET, signatureOf } from './support';

const BODY = bodyOf();

function reasonOf(body: string | Uint8Array, headers: WebhookHeaders, secrets: string | string[] = SECRET): string {
  try {
    readJobEvent(body, headers, secrets);
    return 'taken';
  } catch (error) {
    if (error instanceof UnstructuredWebhookError) return error.details.reason;
    throw error;
  }
}

test('a delivery that another program signed with the same bytes is taken', () => {
  // openssl: printf '%s' 'msg_1.1764400000.{"type":"job.completed"}' | openssl dgst -sha256 -hmac 'päss' -binary | base64
  const known = 'v1,1xVRrG++fLvxh6xXUVmoGkAsRC+5gEqL2FHSB3PYQrY=';
  const verify = () =>
    verifySignature(
      Buffer.from('{"type":"job.completed"}'),
      { id: 'msg_1', timestamp: '1764400000', signature: known },
      ['päss'],
    );
  expect(verify).not.toThrow();
});

describe('signature', () => {
  const good = headersOf(BODY);
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = good;
  const signedWith = (value: string): WebhookHeaders => ({ ...good, 'webhook-signature': value });
  const other = signatureOf(id, timestamp, BODY, 'another secret');

  it.each<[string, string, WebhookHeaders]>([
    ['one that matches', 'taken', good],
    ['one that matches among others', 'taken', signedWith(`${other} ${signature}`)],
    ['one that matches before others', 'taken', signedWith(`${signature} ${other}`)],
    ['a match beside a version that nobody knows', 'taken', signedWith(`v1a,AAAA ${signature} v2,AAAA`)],
    ['a match in the second of two header lines', 'taken', signedWith(`${other}, ${signature}`)],
    ['a match in the first of two header lines', 'taken', signedWith(`${signature}, ${other}`)],
    ['two lines in a list', 'taken', { ...good, 'webhook-signature': [other, signature] }],
    ['another secret', 'forged', signedWith(other)],
    ['no version', 'forged', signedWith(signature.slice(3))],
    ['another version', 'forged', signedWith(signature.replace('v1', 'v1a'))],
    ['a match without its end', 'forged', signedWith(signature.slice(0, -1))],
    ['a match with more behind it', 'forged', signedWith(`${signature}A`)],
    ['nothing but a version', 'forged', signedWith('v1,')],
    ['another id', 'forged', { ...good, 'webhook-id': 'msg_2' }],
    ['another time', 'forged', { ...good, 'webhook-timestamp': String(Number(timestamp) + 1) }],
    ['two ids', 'forged', { ...good, 'Webhook-Id': 'msg_2' }],
    ['two times', 'headers', { ...good, 'Webhook-Timestamp': timestamp }],
    ['no id', 'headers', { ...good, 'webhook-id': undefined }],
    ['an empty id', 'headers', { ...good, 'webhook-id': ' ' }],
    ['no signature', 'headers', { ...good, 'webhook-signature': undefined }],
    ['an empty list of signatures', 'headers', { ...good, 'webhook-signature': [] }],
    ['no time', 'headers', { ...good, 'webhook-timestamp': undefined }],
    ['a time that is no number', 'headers', headersOf(BODY, { timestamp: 'now' })],
    ['a time with a fraction', 'headers', headersOf(BODY, { timestamp: `${nowInSeconds()}.5` })],
    ['a negative time', 'headers', headersOf(BODY, { timestamp: '-1' })],
    ['a time in milliseconds', 'stale', headersOf(BODY, { timestamp: String(Date.now()) })],
    ['a time of 290 s ago', 'taken', headersOf(BODY, { timestamp: nowInSeconds(-290) })],
    ['a time of 310 s ago', 'stale', headersOf(BODY, { timestamp: nowInSeconds(-310) })],
    ['a time in 290 s', 'taken', headersOf(BODY, { timestamp: nowInSeconds(290) })],
    ['a time in 310 s', 'stale', headersOf(BODY, { timestamp: nowInSeconds(310) })],
    ['names in capitals', 'taken', Object.fromEntries(Object.entries(good).map(([k, v]) => [k.toUpperCase(), v]))],
    ['headers of a web request', 'taken', new Headers(good)],
    ['two signatures in headers of a web request', 'taken', webHeadersWith(other, signature)],
  ])('with %s: %s', (_, reason, headers) => {
    expect(reasonOf(BODY, headers)).toBe(reason);
  });

  function webHeadersWith(...signatures: string[]): Headers {
    const headers = new Headers({ 'webhook-id': id, 'webhook-timestamp': timestamp });
    for (const one of signatures) headers.append('webhook-signature', one);
    return headers;
  }

  it.each([
    [-300_000, 'taken'],
    [-301_000, 'stale'],
    [300_000, 'taken'],
    [301_000, 'stale'],
  ])('of a delivery that is %s ms off its time: %s', (offset, expected) => {
    const read = () => readHeaders(good, Number(timestamp) * 1_000 + offset);
    if (expected === 'taken') expect(read()).toEqual({ id, timestamp, signature });
    else expect(read).toThrow(/at most 300 s are accepted/);
  });

  it('may be by any of several secrets', () => {
    expect(reasonOf(BODY, good, ['another secret', SECRET])).toBe('taken');
    expect(reasonOf(BODY, good, [SECRET, 'another secret'])).toBe('taken');
    expect(reasonOf(BODY, good, ['another secret', 'a third one'])).toBe('forged');
  });

  it('is by the bytes of the secret as they are, whatever they look like', () => {
    for (const secret of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'ünïcödé 🔑', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])
      expect(reasonOf(BODY, headersOf(BODY, { secret }), secret)).toBe('taken');
  });

  it('is over the bytes of the body, not over what they mean', () => {
    const spaced = JSON.stringify(JSON.parse(BODY), null, 2);
    expect(reasonOf(spaced, headersOf(spaced))).toBe('taken');
    expect(reasonOf(BODY, headersOf(spaced))).toBe('forged');
  });
});

test('each body, id and secret verifies, and no change of them does', () => {
  const id = fc.stringMatching(/^[\w-]{1,40}$/);
  const secret = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() === text);
  const others = fc.array(fc.base64String(), { maxLength: 3 });
  fc.assert(
    fc.property(id, fc.uint8Array(), secret, others, fc.nat(), (id, body, secret, others, seed) => {
      const headers = headersOf(body, { id, secret });
      const all = [...others.map((one) => `v1,${one}`), headers['webhook-signature']].join(' ');
      expect(reasonOf(body, { ...headers, 'webhook-signature': all }, [secret])).toBe('taken');

      const changed = Uint8Array.from([...body, seed % 256]);
      expect(reasonOf(changed, headers, [secret])).toBe('forged');
      expect(reasonOf(body, { ...headers, 'webhook-id': `${id}x` }, [secret])).toBe('forged');
      expect(reasonOf(body, headers, [`${secret}x`])).toBe('forged');
      const signature = headers['webhook-signature'];
      const at = 3 + (seed % (signature.length - 3));
      const digit = signature[at] === 'A' ? 'B' : 'A';
      const forged = signature.slice(0, at) + digit + signature.slice(at + 1);
      expect(reasonOf(body, { ...headers, 'webhook-signature': forged }, [secret])).toBe('forged');
    }),
  );
});

describe('event', () => {
  const read = (body: string) => readJobEvent(body, headersOf(body, { id: 'msg_7', timestamp: sentAt }), SECRET);
  const sentAt = nowInSeconds(-5);

  it('tells what the body says', () => {
    expect(read(BODY)).toEqual({
      id: 'msg_7',
      sentAt: new Date(Number(sentAt) * 1_000).toISOString(),
      type: 'job.completed',
      jobId: JOB_ID,
      workflowId: '9f8e7d6c-1111-4222-8333-0123456789ab',
      payload: JSON.parse(BODY),
    });
  });

  it.each([
    { job: { job_id: JOB_ID } },
    { data: { job_id: JOB_ID } },
    { data: { job: { job_id: JOB_ID } } },
    { payload: { job_id: JOB_ID, status: 'COMPLETED' } },
    { job: { id: JOB_ID } },
    { data: { job: { id: JOB_ID } } },
    { job_id: JOB_ID },
    { job: { job_id: JOB_ID.toUpperCase() } },
    { job: { job_id: 'no uuid', id: JOB_ID } },
    { job: null, data: 'text', payload: { job_id: JOB_ID } },
  ])('finds the job in %j', (body) => {
    expect(read(JSON.stringify(body)).jobId).toBe(JOB_ID);
  });

  it.each<[string, object]>([
    ['job.failed', { type: 'job.failed' }],
    ['job.failed', { event_type: 'job.failed' }],
    ['job.stopped', { data: { type: 'job.stopped' } }],
    ['job.stopped', { data: { event_type: 'job.stopped' } }],
    ['job.scheduled', { payload: { type: 'job.scheduled' } }],
    ['job.in_progress', { payload: { event_type: 'job.in_progress' } }],
    ['job.completed', { type: 'notification', data: { type: 'job.completed' } }],
    ['job.in_progress', { type: 'job.in_progress', data: { type: 'job.completed' } }],
    ['job.exploded', { type: 'job.exploded', data: { type: 'test' } }],
    ['test', { type: 7, data: { type: 'test' } }],
  ])('has the type %s in %j', (type, body) => {
    expect(read(JSON.stringify(body)).type).toBe(type);
  });

  it.each([
    { event: 'job.completed' },
    { job: { type: 'job.completed' } },
    { status: 'COMPLETED' },
    { type: ['job.completed'] },
    [{ type: 'job.completed' }],
  ])('has no type in %j', (body) => {
    expect(read(JSON.stringify(body)).type).toBeNull();
  });

  it('is read behind a byte order mark, over which the signature is, too', () => {
    const marked = `\uFEFF${BODY}`;
    expect(read(marked)).toMatchObject({ type: 'job.completed', jobId: JOB_ID });
    expect(reasonOf(marked, headersOf(BODY))).toBe('forged');
  });

  it.each(['{}', '{"job":{"job_id":7}}', '{"id":"0a1b2c3d-1111-4222-8333-0123456789ab"}', 'null', '[]', 'no JSON', ''])(
    'has no job where the body is %j',
    (body) => {
      expect(read(body)).toMatchObject({ jobId: null, type: null, workflowId: null });
    },
  );

  it('is read of text and of bytes, also of a part of a buffer', () => {
    const whole = Buffer.from(`###${BODY}###`);
    const part = new Uint8Array(whole.buffer, whole.byteOffset + 3, Buffer.byteLength(BODY));
    expect(readJobEvent(part, headersOf(BODY), SECRET).jobId).toBe(JOB_ID);
  });

  it('is read of any buffer, and of any view of one', () => {
    const body = BODY.length % 2 === 0 ? BODY : `${BODY} `;
    const { buffer } = Uint8Array.from(Buffer.from(body));
    const behind = Uint8Array.from(Buffer.from(`##${body}##`)).buffer;
    const forms = [buffer, new DataView(behind, 2, body.length), new Uint16Array(behind, 2, body.length / 2)];
    for (const form of forms)
      expect(readJobEvent(form as never, headersOf(body), SECRET)).toMatchObject({ jobId: JOB_ID });
  });

  it('is not read of a body that was parsed', () => {
    const parsed = JSON.parse(BODY) as string;
    expect(reasonOf(parsed, headersOf(BODY))).toBe('bodyUsed');
    expect(() => readJobEvent(parsed, headersOf(BODY), SECRET)).toThrow(/before any body parser/);
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['webhook-id', 'string'],
    [[['webhook-id', 'msg_7']], 'an array'],
  ])('is not read with the headers %j', (headers, kind) => {
    const wrong = { message: `The headers of a delivery must be an object or web Headers; got ${kind}.` };
    expect(() => readJobEvent(BODY, headers as never, SECRET)).toThrow(
      expect.objectContaining({ type: 'UnstructuredValidationError', ...wrong }),
    );
  });

  it.each([undefined, 7])('is not read of %s', (body) => {
    expect(() => readJobEvent(body as never, headersOf(BODY), SECRET)).toThrow(/must be its bytes or their text; got/);
  });
});

test.each([[''], [' '], [[]], [['']], [`${SECRET}\n`], [[SECRET, ` ${SECRET}`]], [undefined], [{ SECRET }]])(
  'secrets %j are refused by name, and not shown',
  (secrets) => {
    const read = () => readJobEvent(BODY, headersOf(BODY), secrets as string);
    expect(read).toThrow(/^Option secrets must be a secret, or a list of secrets, .*; got .*\.$/);
    try {
      read();
    } catch (error) {
      expect(formsIn(error, SECRET)).toEqual([]);
    }
  },
);

test('no error of a delivery holds the secret or the body', () => {
  const body = bodyOf('job.completed', { job_id: JOB_ID, note: 'TOP SECRET NOTE' });
  const good = headersOf(body);
  for (const headers of [
    {},
    { ...good, 'webhook-id': 'another' },
    { ...good, 'webhook-timestamp': '12' },
    { ...good, 'webhook-timestamp': 'x' },
  ]) {
    try {
      readJobEvent(body, headers, [SECRET, 'another secret of mine']);
      expect.unreachable();
    } catch (error) {
      expect(formsIn(error, SECRET)).toEqual([]);
      expect(formsIn(error, 'another secret of mine')).toEqual([]);
      expect(formsIn(error, 'TOP SECRET NOTE')).toEqual([]);
    }
  }
});
