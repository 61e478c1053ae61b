// What a server of S3's protocol answers, or the client says before it asks, is told as what lasts, what passes, or a refused credential.
import { buffer } from 'node:stream/consumers';
import type { GetObjectCommand, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { describe, expect, it, test } from 'vitest';
import { UnstructuredDocumentRefusedError } from '../../../src/core/document';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import { S3Sink, S3Source } from '../../../src/storage/s3';
import { type S3Answer, servingS3 } from './s3-server';
import { bytesOf, signal, targetIn } from '../support';

const thrownBy = async (performing: Promise<unknown>): Promise<unknown> =>
  performing.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

const reading = (client: S3Client) =>
  thrownBy(new S3Source({ client, allowed: ['s3://inbox/'] }).open('s3://inbox/Invoice #17.pdf', { signal }));
/** As if the document's first bytes had been read when they were found, and the server is asked for the rest. */
const goingOn = async (client: S3Client) => {
  const begin = () =>
    Promise.resolve({
      ContentLength: 100_000,
      ETag: '"1"',
      Body: bytesOf(...Array<string>(70).fill('x'.repeat(1_000))),
    });
  const send = (command: GetObjectCommand, options: object) =>
    command.input.Range === undefined ? begin() : client.send(command, options);
  const asked = { send, config: client.config } as unknown as S3Client;
  const source = new S3Source({ client: asked, allowed: ['s3://inbox/'] });
  const document = await source.open('s3://inbox/Invoice #17.pdf', { signal });
  return thrownBy(buffer(document.stream()));
};
const storing = (client: S3Client) =>
  thrownBy(
    new S3Sink({ client, allowed: ['s3://inbox/'] }).store(targetIn('s3://inbox/out'), bytesOf('[]'), { signal }),
  );

const LASTING: [string, S3Answer, object][] = [
  [
    'another region',
    { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-west-3' } },
    { region: 'eu-west-3' },
  ],
  [
    'a malformed region',
    { status: 400, code: 'AuthorizationHeaderMalformed', more: '<Region>eu-west-3</Region>' },
    { region: 'eu-west-3' },
  ],
  ['an archived object', { status: 403, code: 'InvalidObjectState' }, {}],
  ['a key that may not be used', { status: 403, code: 'AccessDenied' }, {}],
  ['a disabled key', { status: 400, code: 'KMS.DisabledException' }, {}],
  ['a condition', { status: 412, code: 'PreconditionFailed' }, {}],
  ['what is not implemented', { status: 501, code: 'NotImplemented' }, {}],
  ['a wrong request', { status: 400, code: 'InvalidRequest' }, {}],
  ['a method', { status: 405, code: 'MethodNotAllowed' }, {}],
];

const PASSING: [number, string][] = [
  [500, 'InternalError'],
  [503, 'SlowDown'],
  [503, 'ServiceUnavailable'],
  [429, 'TooManyRequests'],
  [400, 'RequestTimeout'],
  [409, 'OperationAborted'],
  [403, 'RequestTimeTooSkewed'],
  [307, 'TemporaryRedirect'],
  [400, 'KMS.DependencyTimeoutException'],
  [400, 'KMS.KeyUnavailableException'],
  [400, 'InvalidPart'],
  [403, 'QuotaExceeded'],
  [400, 'XMinioAdminBucketQuotaExceeded'],
];

/** What the SDK itself tries again, whatever the status: as throttled, cut off, or of another time than the server's. */
const PASSING_FOR_SDK = [
  ...['BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException', 'PriorRequestNotComplete'],
  ...['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'RequestThrottled'],
  ...['RequestThrottledException', 'SlowDown', 'ThrottledException', 'Throttling', 'ThrottlingException'],
  ...['TooManyRequestsException', 'TransactionInProgressException', 'RequestTimeout', 'RequestTimeoutException'],
  ...['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed', 'KMS.ThrottlingException'],
];

const CREDENTIALS: [number, string][] = [
  [403, 'InvalidAccessKeyId'],
  [403, 'SignatureDoesNotMatch'],
  [400, 'ExpiredToken'],
  [400, 'InvalidToken'],
  [401, 'Unauthorized'],
  [403, 'InvalidTokenId'],
  [403, 'InvalidSignatureException'],
];

const PERFORMING: [string, (client: S3Client) => Promise<unknown>][] = [
  ['a document', reading],
  ['an output', storing],
];

describe.each([...PERFORMING, ['the rest of a document', goingOn] as const])('%s', (what, perform) => {
  it.each(LASTING)('that fails by %s is refused, with what was answered', async (_, answer, more) => {
    const error = await perform(await servingS3(answer));
    const told = { status: answer.status, code: answer.code, requestId: 'REQ17', ...more };
    if (what === 'an output')
      expect(error).toMatchObject({ name: 'UnstructuredStorageError', details: { kind: 'lasting', ...told } });
    else
      expect(error).toMatchObject({
        type: 'UnstructuredDocumentRefusedError',
        details: { reason: 'notReadable', ...told },
      });
    for (const part of [`status ${answer.status}`, answer.code, 'REQ17', ...Object.values(more)])
      expect((error as Error).message).toContain(part);
    expect((error as Error).message).toContain(what === 'an output' ? 's3://inbox/out' : 's3://inbox/Invoice #17.pdf');
  });

  it.each(CREDENTIALS)('that fails by %i %s waits for another credential', async (status, code) => {
    const error = await perform(await servingS3({ status, code }));
    expect(error).toMatchObject({ name: 'UnstructuredStorageError', details: { kind: 'credential', status, code } });
  });
});

describe.each(PERFORMING)('%s', (_, perform) => {
  it.each(PASSING)('that fails by %i %s may be had later', async (status, code) => {
    const error = await perform(await servingS3({ status, code, headers: { 'retry-after': '7' } }));
    expect(error).toMatchObject({
      name: 'UnstructuredStorageError',
      details: { kind: 'passing', status, code, requestId: 'REQ17', retryAfterMs: 7_000 },
    });
  });

  it.each(PASSING_FOR_SDK)('that fails by %s may be had later, whatever the status', async (code) => {
    for (const status of [400, 403])
      expect(await perform(await servingS3({ status, code }))).toMatchObject({ details: { kind: 'passing', code } });
  });

  it('that may be had at a date is not measured against what is no HTTP date', async () => {
    const headers = { date: '2020-01-01T00:00:00Z', 'retry-after': 'Wed, 10 Sep 2025 21:35:09 GMT' };
    const error = await perform(await servingS3({ status: 503, code: 'SlowDown', headers }));
    expect(error).toMatchObject({ details: { kind: 'passing', retryAfterMs: 0 } });
  });

  it('that an answer without a code refuses is told by its status', async () => {
    const error = await perform(await servingS3({ status: 501 }));
    expect((error as Error).message).toContain('[status 501, request REQ17]');
  });

  it('of a server that is not there may be had later', async () => {
    const client = await servingS3({ status: 200 }, { endpoint: 'http://127.0.0.1:1' });
    expect(await perform(client)).toMatchObject({ details: { kind: 'passing', code: 'ECONNREFUSED' } });
  });
});

test('the rest of a document that fails by what passes may be had later', async () => {
  const failing = PASSING.map(async ([status, code]) =>
    goingOn(await servingS3({ status, code, headers: { 'retry-after': '7' } })),
  );
  for (const [index, error] of (await Promise.all(failing)).entries()) {
    const [status, code] = PASSING[index]!;
    const details = { kind: 'passing', status, code, requestId: 'REQ17', retryAfterMs: 7_000 };
    expect(error).toMatchObject({ name: 'UnstructuredStorageError', details });
  }
});

test('an output that ends early is neither found nor read back', async () => {
  const answer = () => Promise.resolve({ ContentLength: 3, Body: bytesOf('[]') });
  const sink = new S3Sink({ client: { send: answer } as unknown as S3Client, allowed: ['s3://inbox/'] });
  const target = targetIn('s3://inbox/out');
  await expect(sink.find(target, { signal })).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: expect.stringContaining('It ended after 2 of 3 bytes'),
    details: { kind: 'passing' },
  });
  await expect(buffer((await sink.read(target, { signal }))!)).rejects.toThrow('It ended after 2 of 3 bytes');
});

test('an output whose server does not tell its length is not found, and not read back: it may have been cut', async () => {
  let closed = 0;
  const answer = () => Promise.resolve({ Body: Object.assign(bytesOf('[]'), { destroy: () => closed++ }) });
  const sink = new S3Sink({ client: { send: answer } as unknown as S3Client, allowed: ['s3://inbox/'] });
  const target = targetIn('s3://inbox/out');
  expect(await sink.find(target, { signal })).toBeUndefined();
  expect(await thrownBy(sink.read(target, { signal }))).toMatchObject({
    name: 'UnstructuredStorageError',
    message: expect.stringContaining('its server does not report its length') as unknown,
    details: { kind: 'lasting' },
  });
  expect(closed).toBe(2);
});

const unloadable = () => {
  throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
};

test('a credential that can not be loaded refuses a document, and an output waits for it', async () => {
  const client = await servingS3({ status: 200 }, { credentials: () => Promise.resolve(unloadable()) });
  const refused = await reading(client);
  expect(refused).toBeInstanceOf(UnstructuredDocumentRefusedError);
  expect(refused).toMatchObject({ details: { reason: 'notReadable', code: 'CredentialsProviderError' } });
  const error = await storing(client);
  expect(error).toBeInstanceOf(UnstructuredStorageError);
  expect(error).toMatchObject({ details: { kind: 'credential', code: 'CredentialsProviderError' } });
});

const failing = (message: string, fields: object) => () => Promise.reject(Object.assign(new Error(message), fields));

const NOT_LOADED: [string, S3ClientConfig, object][] = [
  ['holds no key', { credentials: { accessKeyId: undefined!, secretAccessKey: 'b' } }, {}],
  ['its provider does not give', { credentials: failing('the vault says no', {}) }, {}],
  ['has no token file', { credentials: failing('no such file', { code: 'ENOENT' }) }, { code: 'ENOENT' }],
  ['has an unreadable token file', { credentials: failing('is a directory', { code: 'EISDIR' }) }, { code: 'EISDIR' }],
  [
    'another service refuses',
    { credentials: failing('may not', { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }) },
    { code: 'AccessDenied', status: 403 },
  ],
];

test.each(NOT_LOADED)('a credential that %s is waited for', async (_, config, told) => {
  const client = await servingS3({ status: 200 }, config);
  const error = { name: 'UnstructuredStorageError', details: { kind: 'credential', ...told } };
  expect(await reading(client)).toMatchObject(error);
  expect(await storing(client)).toMatchObject(error);
});

test('a credential that can not be loaded for now passes', async () => {
  const credentials = failing('not now', { name: 'Busy', $metadata: { httpStatusCode: 503 } });
  const client = await servingS3({ status: 200 }, { credentials });
  const error = { name: 'UnstructuredStorageError', details: { kind: 'passing', status: 503 } };
  expect(await reading(client)).toMatchObject(error);
  expect(await storing(client)).toMatchObject(error);
});

const SET_UP_WRONG: [string, S3ClientConfig, string][] = [
  ['a key with a line break', { credentials: { accessKeyId: 'a\n', secretAccessKey: 'b' } }, 'ERR_INVALID_CHAR'],
  [
    'a token with a line break',
    { credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c\n' } },
    'ERR_INVALID_CHAR',
  ],
  ['an endpoint without a scheme', { endpoint: 'localhost:9000' }, 'EndpointError'],
];

test.each(SET_UP_WRONG)('%s is told at once', async (_, config, code) => {
  const client = await servingS3({ status: 200 }, config);
  expect(await reading(client)).toMatchObject({
    type: 'UnstructuredDocumentRefusedError',
    details: { reason: 'notReadable', code },
  });
  expect(await storing(client)).toMatchObject({
    name: 'UnstructuredStorageError',
    details: { kind: 'lasting', code },
  });
});

const OF_NO_STORAGE: [string, number, string][] = [
  ['a blocked page', 403, '<html><br>blocked</html>'],
  ['a sign-in page', 302, ''],
  ['a proxy that wants a password', 407, ''],
  ['a wrong request', 400, ''],
];

test.each(OF_NO_STORAGE)('%s of a proxy refuses a document, and an output is tried again', async (_, status, page) => {
  const client = await servingS3({ status, page, headers: { 'content-type': 'text/html' } });
  expect(await reading(client)).toMatchObject({ type: 'UnstructuredDocumentRefusedError', details: { status } });
  const error = await storing(client);
  expect(error).toMatchObject({ name: 'UnstructuredStorageError', details: { kind: 'passing', status } });
  expect(error).not.toHaveProperty('details.code');
});

test('an answer that is cut is tried again', async () => {
  const client = await servingS3({
    status: 200,
    page: '<?xml version="1.0"?><InitiateMultipartUploadResult><Bucket>in',
  });
  const sink = new S3Sink({ client, allowed: ['s3://inbox/'] });
  const large = bytesOf(...Array.from({ length: 6 }, () => 'x'.repeat(1_024 * 1_024)));
  const error = await thrownBy(sink.store(targetIn('s3://inbox/out'), large, { signal }));
  expect(error).toMatchObject({ name: 'UnstructuredStorageError', details: { kind: 'passing', status: 200 } });
});

test('what a server says comes in one line, without characters that forge others', async () => {
  const page =
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no&#10;ERROR forged \u202e\u2028line\u009b</Message></Error>';
  const client = await servingS3({ status: 403, page });
  for (const error of [await reading(client), await storing(client)]) {
    expect((error as Error).message).toContain('no ERROR forged line [status 403, AccessDenied');
    expect((error as Error).message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
});
