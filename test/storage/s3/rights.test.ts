// What a sink may do with few rights. A server tells those who may not list a bucket that they may not read what is not there. But a batch must not
// take a record for missing that it may not read: it would pay for its jobs again.
import { expect, test } from 'vitest';
import { S3Sink } from '../../../src/storage/s3';
import { clientOfServer, servingS3 } from './s3-server';
import { bytesOf, signal, targetIn } from '../support';

const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

/** A sink on a server that refuses these methods. */
async function sinkWithout(...methods: string[]): Promise<S3Sink> {
  const client = await clientOfServer((request, response) => {
    const isRefused = methods.includes(request.method ?? '');
    request
      .resume()
      .once('end', () => response.writeHead(isRefused ? 403 : 200, { etag: '"1"' }).end(isRefused ? DENIED : ''));
  });
  return new S3Sink({ client, allowed: ['s3://parsed/'] });
}

test('an output that may not be looked at counts as not there, and is stored', async () => {
  const sink = await sinkWithout('GET');
  const target = targetIn('s3://parsed/');
  expect(await sink.find(target, { signal })).toBeUndefined();
  expect(await sink.store(target, bytesOf('[]'), { signal })).toMatchObject({ bytes: 2 });
});

const RECORD = { to: 's3://parsed/nightly/', name: 'plan.json' };

/** A sink on a server that answers each read so, and each listing so: with keys, or an error's code. */
async function sinkAnswering(read: { status: number; code?: string }, list: string[] | string): Promise<S3Sink> {
  const client = await clientOfServer((request, response) => {
    const told = request.url?.includes('list-type=2')
      ? typeof list === 'string'
        ? { status: 403, body: `<Error><Code>${list}</Code></Error>` }
        : {
            status: 200,
            body: `<ListBucketResult>${list.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
          }
      : { status: read.status, body: read.code === undefined ? '' : `<Error><Code>${read.code}</Code></Error>` };
    request.resume().once('end', () => response.writeHead(told.status).end(told.body));
  });
  return new S3Sink({ client, allowed: ['s3://parsed/'] });
}

const KEY = `nightly/${RECORD.name}`;

test.each([
  ['says so', { status: 404, code: 'NoSuchKey' }, 'AccessDenied'],
  ['denies access, and its list lacks it', { status: 403, code: 'AccessDenied' }, []],
  ['denies access, and its list has others', { status: 403, code: 'AccessDenied' }, [`${KEY}.old`]],
] as const)('a record is not there if its server %s', async (_what, read, list) => {
  const sink = await sinkAnswering(read, typeof list === 'string' ? list : [...list]);
  expect(await sink.read(RECORD, { signal })).toBeUndefined();
});

test.each([
  ['AccessDenied', 403, [KEY], 'lasting'],
  ['AccessDenied', 403, 'AccessDenied', 'lasting'],
  ['InvalidObjectState', 403, [], 'lasting'],
  ['AllAccessDisabled', 403, [], 'lasting'],
  ['AccountProblem', 403, [], 'lasting'],
  ['KMS.DisabledException', 400, [], 'lasting'],
  ['NoSuchBucket', 404, [], 'lasting'],
  ['InvalidAccessKeyId', 403, [], 'credential'],
  [undefined, 403, [], 'passing'], // a proxy's
] as const)('a record that may be there, but is answered with %s and %i, is not taken for missing', async (...row) => {
  const [code, status, list, kind] = row;
  const sink = await sinkAnswering({ status, code }, typeof list === 'string' ? list : [...list]);
  await expect(sink.read(RECORD, { signal })).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    details: { kind, status },
  });
});

test('the error names the rights of which one is needed to tell whether a record is there', async () => {
  const sink = await sinkAnswering({ status: 403, code: 'AccessDenied' }, 'AccessDenied');
  await expect(sink.read(RECORD, { signal })).rejects.toThrow(
    `Whether there is an output s3://parsed/${KEY} can't be told without the right to read it (s3:GetObject), or to list its bucket (s3:ListBucket)`,
  );
});

test('a key is at most 1,024 bytes long', async () => {
  const sink = await sinkWithout();
  const rest = 1_024 - Buffer.byteLength('ü/');
  expect(sink.canStore({ to: 's3://parsed/ü', name: 'x'.repeat(rest) })).toBe(true);
  expect(sink.canStore({ to: 's3://parsed/ü', name: 'x'.repeat(rest + 1) })).toBe(false);
  expect(sink.canStore({ to: 's3://parsed/ü', name: 'ü'.repeat(rest / 2 + 1) })).toBe(false);
});

test.each([
  ['a refused key', 'InvalidAccessKeyId', {}],
  ['an expired token', 'ExpiredToken', {}],
  ['a credential that another service refuses', undefined, { $metadata: { httpStatusCode: 403 } }],
])('an output that is looked for with %s is not taken for missing', async (_, code, refusal) => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const provider = () =>
    code === undefined ? Promise.reject(Object.assign(new Error('may not'), refusal)) : Promise.resolve(credentials);
  const client = await servingS3({ status: 403, ...(code && { code }) }, { credentials: provider });
  const sink = new S3Sink({ client, allowed: ['s3://parsed/'] });
  await expect(sink.find(targetIn('s3://parsed/'), { signal })).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    details: { kind: 'credential', status: 403 },
  });
});

test.each([
  [403, 'AccessDenied'],
  [403, 'InvalidObjectState'],
  [403, undefined], // a proxy's
] as const)('an output that is looked for and answered with %i %s counts as not there', async (status, code) => {
  const sink = await sinkAnswering({ status, ...(code && { code }) }, []);
  expect(await sink.find(targetIn('s3://parsed/'), { signal })).toBeUndefined();
});

test.each([
  [403, 'RequestTimeTooSkewed', 'passing'],
  [400, 'InvalidRequest', 'lasting'],
  [404, 'NoSuchBucket', 'lasting'],
  [500, undefined, 'passing'],
] as const)('an output that is looked for and answered with %i %s is not taken for missing', async (...row) => {
  const [status, code, kind] = row;
  const sink = await sinkAnswering({ status, ...(code && { code }) }, []);
  await expect(sink.find(targetIn('s3://parsed/'), { signal })).rejects.toMatchObject({ details: { kind, status } });
});

test('an output that may not be stored is refused for good', async () => {
  const sink = await sinkWithout('GET', 'PUT', 'POST');
  const storing = sink.store(targetIn('s3://parsed/'), bytesOf('[]'), { signal });
  await expect(storing).rejects.toMatchObject({ name: 'UnstructuredStorageError', retryable: false });
});
