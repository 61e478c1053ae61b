// Whatever form the body of an error has, the error says what it says: in one bounded line, without the key.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readReason } from '../../../src/api/http/reason';
import { API_KEY, getJobError, serve, serveJson } from '../support';

const FORMS: [form: string, body: unknown, reason: string][] = [
  ['a text as detail', { detail: 'no luck' }, 'no luck'],
  ['an object as detail', { detail: { message: 'no luck' } }, 'no luck'],
  ['an object with msg as detail', { detail: { msg: 'no luck', type: 'x' } }, 'no luck'],
  ['an object with an error as detail', { detail: { error: 'no luck' } }, 'no luck'],
  ['an object with a code as detail', { detail: { code: 'QUOTA', message: 'no luck' } }, 'QUOTA: no luck'],
  [
    'an object by fields as detail',
    { detail: { input_files: ['too large', 'too many'] } },
    'input_files: too large; too many',
  ],
  ['code and message', { code: 'QUOTA', message: 'no luck' }, 'QUOTA: no luck'],
  ['a number as code', { code: 403, message: 'no luck' }, 'no luck'],
  ['a message', { message: 'no luck' }, 'no luck'],
  ['a message of a gateway', { message: 'no luck', request_id: 'abc' }, 'no luck'],
  ['a message in capitals of a gateway', { Message: 'no luck' }, 'no luck'],
  ['errors by fields alone', { name: ['is required'] }, 'name: is required'],
  ['a code alone', { code: 'QUOTA' }, 'QUOTA'],
  ['an error', { error: 'no luck' }, 'no luck'],
  ['an error as an object', { error: { message: 'no luck', type: 'invalid', code: null } }, 'no luck'],
  ['an error as an object with a code', { error: { code: 'QUOTA', message: 'no luck' } }, 'QUOTA: no luck'],
  ['an error with a message', { error: 'Forbidden', message: 'no luck' }, 'Forbidden: no luck'],
  ['an error of OAuth', { error: 'invalid_client', error_description: 'no luck' }, 'invalid_client: no luck'],
  [
    'problem details',
    { type: 'https://x/y', title: 'Out of credit.', status: 402, detail: 'no luck' },
    'Out of credit: no luck',
  ],
  ['problem details without detail', { type: 'about:blank', title: 'Out of credit', status: 402 }, 'Out of credit'],
  [
    'problem details with errors',
    { title: 'Not valid.', errors: [{ detail: 'must be positive', pointer: '#/age' }] },
    'Not valid: #/age: must be positive',
  ],
  ['errors by fields', { title: 'Not valid', errors: { name: ['is required'] } }, 'Not valid: name: is required'],
  ['errors as texts', { errors: ['one', 'two'] }, 'one; two'],
  ['errors as objects', { errors: [{ message: 'one' }, { title: 'two' }] }, 'one; two'],
  [
    'a message with errors',
    { message: 'Failed', errors: [{ field: 'name', code: 'missing' }] },
    'Failed: name: missing',
  ],
  [
    'errors of JSON:API',
    { errors: [{ status: '422', title: 'Invalid', detail: 'no luck', source: { pointer: '/data' } }] },
    '/data: Invalid: no luck',
  ],
  ['a message of AWS Lambda', { errorMessage: 'no luck', errorType: 'Timeout' }, 'Timeout: no luck'],
  ['a message with a line in its name', { error_message: 'no luck' }, 'no luck'],
  ['a message with a short name', { status: 'error', errmsg: 'no luck' }, 'no luck'],
  ['a message for users', { userMessage: 'no luck' }, 'no luck'],
  ['messages', { messages: ['one', 'two'] }, 'one; two'],
  ['data around the message', { success: false, data: { message: 'no luck' } }, 'no luck'],
  ['data around the message, with a code', { code: 'QUOTA', data: { message: 'no luck' } }, 'QUOTA: no luck'],
  ['a status around the message', { status: { code: 3, message: 'no luck' } }, 'no luck'],
  ['an exception', { exception: 'no luck' }, 'no luck'],
  ['an error, whose exception is of no use', { error: 'no luck', exception: 'java.lang.X' }, 'no luck'],
  [
    'a fault of Apigee',
    { fault: { faultstring: 'no luck', detail: { errorcode: 'oauth.v2.InvalidApiKey' } } },
    'oauth.v2.InvalidApiKey: no luck',
  ],
  ['many errors', { errors: ['1st', '2nd', '3rd', '4th'] }, '1st; 2nd; 3rd'],
  ['a list', [{ message: 'one' }, 'two'], 'one; two'],
  ['a bare text in JSON', 'no luck', 'no luck'],
];

test.each(FORMS)('%s is read', async (_form, body, reason) => {
  const error = await getJobError(await serveJson(body, 403));
  expect(error.message).toMatch(/answered 403: /);
  expect(error.message.split('answered 403: ')[1]).toBe(reason);
  const { detail } = error.details;
  expect(reason.endsWith(detail ?? '-')).toBe(true);
});

test.each([
  ['text/plain', 'upstream connect error: no luck\n'],
  ['text/plain; charset=utf-8', 'no luck'],
  ['application/json', 'no luck'],
  [undefined, 'no luck'],
  ['text/plain', '[Errno 28] No space left on device'],
  ['text/plain', '"a.pdf" is no document'],
  ['text/plain; charset=iso-8859-1', 'kein Glück'],
])('a plain text as %s is read', async (type, text) => {
  const url = await serve((_request, response) => {
    response
      .writeHead(503, type === undefined ? {} : { 'content-type': type })
      .end(text, type?.includes('8859') === true ? 'latin1' : 'utf8');
  });
  expect((await getJobError(url)).details.detail).toBe(text.trim());
});

test('a compressed body is read', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(400, { 'content-encoding': 'gzip' }).end(gzipSync('{"message":"no luck"}'));
  });
  expect((await getJobError(url)).details.detail).toBe('no luck');
});

test.each([
  ['a page', 'text/html', '<html>text</html>'],
  ['a page without a tag at its begin', 'text/html', 'text <b>bold</b>'],
  ['a page without a type', '', '\n <!doctype html>text'],
  ['XML', 'application/xml', 'text'],
  ['JSON that breaks off', 'application/json', '{"message":"text'],
  ['nothing', 'text/plain', '  \n'],
  ['bytes', 'application/octet-stream', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ['a number', 'application/json', '7'],
  ['null', 'application/json', 'null'],
  ['no field that tells', 'application/json', '{"request":{"text":"text"},"ok":false,"text":"text"}'],
])('%s tells nothing', async (_what, type, body) => {
  const url = await serve((_request, response) => {
    response.writeHead(500, { 'content-type': type }).end(body);
  });
  const error = await getJobError(url);
  expect(error.message).toMatch(/answered 500$/);
  expect(error.details).not.toHaveProperty('detail');
});

test('the text of the detail alone says that a job does not exist', async () => {
  const body = { title: 'Not Found', code: 'NOT_FOUND', detail: 'Job not found' };
  const error = await getJobError(await serveJson(body, 404));
  expect(error.details.detail).toBe('Job not found');
  expect(error.message).toContain('Not Found: Job not found');
});

test('items of a validation that have other fields are told', async () => {
  const detail = [{ loc: ['body', 'x'], message: 'one' }, { field: 'y', description: 'two' }, 'three'];
  const error = await getJobError(await serveJson({ detail }, 422));
  expect(error.details.validation).toEqual([
    { loc: ['body', 'x'], msg: 'one', type: '' },
    { loc: [], msg: 'y: two', type: '' },
    { loc: [], msg: 'three', type: '' },
  ]);
  expect(error.message).toContain('answered 422: body.x: one; y: two; three');
});

test.each(FORMS)('%s is bounded, in one line, and without the key', async (_form, body) => {
  const text = `a\u0000b\u202e\n${API_KEY} ${'long '.repeat(200)}`;
  const filled = JSON.parse(
    JSON.stringify(body).replaceAll(/no luck|one|must be positive|is required/g, 'FILL'),
    (_name, value: unknown) => (value === 'FILL' ? text : value),
  ) as unknown;
  const { message, details } = await getJobError(await serveJson(filled, 400));
  expect(message.length).toBeLessThan(500);
  expect(JSON.stringify(details)).not.toContain('plAnted');
  expect(message).not.toMatch(/plAnted|[\p{Cc}\p{Cf}]/u);
});

describe('a retry hint in the body', () => {
  it.each([
    [{ retry_after: 7 }],
    [{ detail: { retry_after: 7, message: 'slow down' } }],
    [{ detail: { error: { retry_after: '7' } } }],
    [{ error: { retry_after: 7 } }],
    [{ error: { detail: { retry_after: 7 } } }],
    [{ message: { retry_after: 7 } }],
    [{ detail: [{ msg: 'slow down', retry_after: 7 }] }],
    [{ errors: [{ retry_after: -1 }, { meta: { retry_after: 7 } }] }],
    [{ retry_after: 'soon', detail: { retry_after: 7 } }],
    [{ retry_after: null, error: { retry_after: 7 } }],
    [{ retry_after: 7, detail: { retry_after: 9 } }],
  ])('is read from %j', async (body) => {
    for (const status of [429, 503]) {
      expect((await getJobError(await serveJson(body, status))).details.retryAfterMs).toBe(7_000);
    }
    expect((await getJobError(await serveJson(body, 400))).details.retryAfterMs).toBeUndefined();
  });

  it.each([[{ detail: 'retry_after: 7' }], [{ retry_after: { seconds: 7 } }], [{ retry_after: true }]])(
    'is not guessed from %j',
    async (body) => {
      expect((await getJobError(await serveJson(body, 429))).details.retryAfterMs).toBeUndefined();
    },
  );
});

test('whatever JSON comes, reading it ends, and gives a text or nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (body) => {
      const reason = readReason(body);
      expect(reason === undefined || reason.length > 0).toBe(true);
    }),
  );
  const nested = JSON.parse(`${'{"detail":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as unknown;
  expect(readReason(nested)).toBeUndefined();
});
