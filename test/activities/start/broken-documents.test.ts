// A document that breaks off while it is sent leaves a request that was not whole: no job was started, and the failure says so.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { CancelledFailure } from '@temporalio/common';
import { expect, onTestFinished, test } from 'vitest';
import { createUnstructuredActivities, Storage } from '../../../activities';
import { UnstructuredClient } from '../../../src/api/client';
import { UnstructuredDocumentRefusedError } from '../../../src/core/document';
import { createUnstructuredError, invalidInput } from '../../../src/core/errors';
import { judgeSend } from '../../../src/core/start/certainty';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import { failedCall } from '../../../workflows/support/failures';
import { environment, failure, perform, withStorage } from '../support';

const CREATE = 'unstructured.createJob';
const start = { templateId: 'hi_res_partition' };
const maxDocumentBytes = 1_000;
const SECRET = 's3cret';

/** One document after another from `m:`, by what their streams bring; an error breaks them off. */
async function starting(
  streams: { bytes?: number; pieces: readonly unknown[] }[],
  onRefused: 'fail' | 'skip' = 'fail',
) {
  const opened: string[] = [];
  const source = {
    open: (ref: string) => {
      opened.push(ref);
      const { bytes, pieces } = streams[Number(/\d+/.exec(ref)?.[0])]!;
      async function* stream() {
        for (const piece of pieces) {
          if (typeof piece !== 'string') throw piece;
          yield await Promise.resolve(Buffer.from(piece));
        }
      }
      return Promise.resolve({ bytes, stream });
    },
  };
  const world = await withStorage({}, { sources: { m: source } });
  const documents = streams.map((_, index) => ({ ref: `m:${index}?key=${SECRET}`, uploadName: `${index}.txt` }));
  return {
    ...world,
    opened,
    start: () => perform(world.activities, CREATE, { start, documents, maxDocumentBytes, onRefused, benign: true }),
  };
}

const answer = { status: 503, code: 'SlowDown', requestId: 'R1', retryAfterMs: 9_000 };
const inTrouble = new UnstructuredStorageError('busy', { kind: 'passing', ...answer });
const cut = Object.assign(new Error('unexpected end'), { code: 'Z_BUF_ERROR' });

test.each<[string, number | undefined, unknown, string, object]>([
  ['a reset', 9, Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'read', { code: 'ECONNRESET' }],
  ['a storage in trouble', 9, inTrouble, 'busy', answer],
  ['an error that tells a secret', 9, new Error(`broken at key=${SECRET}`), 'broken at [hidden]', {}],
  ['what is no error', undefined, 'odd', '', {}],
  [
    'an API that a source asks',
    9,
    createUnstructuredError('down', { kind: 'server', status: 500 }),
    'down',
    { status: 500 },
  ],
  ['compressed data that is cut', 9, cut, 'end', { code: 'Z_BUF_ERROR' }],
])('%s: the start may be sent again', async (_, bytes, piece, why, told) => {
  const thrown = piece === 'odd' ? { odd: true } : piece;
  const { api, start } = await starting([{ pieces: ['a'] }, { ...(bytes && { bytes }), pieces: ['some', thrown] }]);
  const error = await failure('UnstructuredConnectionError', start());
  expect(error.message).toContain('Document m:1 could not be read to its end: ');
  expect(error.category).toBe('BENIGN');
  expect(error.message).toContain(why);
  expect(JSON.stringify([error.message, error.details])).not.toContain(SECRET);
  const { retryAfterMs: _hint, ...known } = told as { retryAfterMs?: number };
  const broken = [{ index: 1, ref: 'm:1', reason: 'notReadable', message: expect.any(String) as unknown, ...known }];
  expect(error.details).toEqual([
    { kind: 'connection', incomplete: true, ...told },
    ...(thrown === inTrouble ? [] : [{ earlierJobIds: null, broken }]), // it may ask for fewer requests
  ]);
  expect([error.nonRetryable, judgeSend(failedCall(error))]).toEqual([false, 'retry']);
  expect(api.jobs).toEqual([]);
});

test.each([
  ['an early end', ''],
  ['bytes behind its end', 'x'.repeat(20)],
])('%s: the start may be sent again', async (_, piece) => {
  const { api, start } = await starting([{ pieces: ['a'] }, { bytes: 9, pieces: ['some', piece] }]);
  const error = await failure('UnstructuredConnectionError', start());
  const why = 'could not be read to its end: its length is not the promised 9 bytes';
  expect(error.message).toBe(`Document m:1 ${why}`);
  const message = `Document m:1 was refused: it ${why}`;
  expect(error.details).toEqual([
    { kind: 'connection', incomplete: true },
    { earlierJobIds: null, broken: [{ index: 1, ref: 'm:1', reason: 'notReadable', message }] },
  ]);
  expect([error.nonRetryable, judgeSend(failedCall(error))]).toEqual([false, 'retry']);
  expect(api.jobs).toEqual([]);
});

const odd = new Error('the connection was lost');

test.each<[string, { bytes?: number; pieces: readonly unknown[] }[], number[] | undefined]>([
  ['the first of which breaks off tell it', [{ pieces: ['a', odd] }, { pieces: ['b', odd] }, { pieces: ['c'] }], [0]],
  ['all of which break off', [{ pieces: ['a', odd] }, { pieces: ['b', odd] }, { bytes: 9, pieces: ['c'] }], undefined],
  ['that are one alone', [{ pieces: ['a', odd] }], undefined],
])('documents %s: one is told only where another could be read', async (_, streams, indices) => {
  const { api, start } = await starting(streams);
  const { details, message } = await failure('UnstructuredConnectionError', start());
  expect(message).toBe('Document m:0 could not be read to its end: the connection was lost');
  const { broken } = (details?.[1] ?? {}) as { broken?: { index: number }[] };
  expect(broken?.map(({ index }) => index)).toEqual(indices);
  expect(api.jobs).toEqual([]);
});

const zlib = Object.assign(new Error('incorrect header check'), { code: 'Z_DATA_ERROR' });
const lasting = new UnstructuredStorageError('closed', { kind: 'lasting', status: 403 });
const gone = new UnstructuredDocumentRefusedError('m:1', 'notFound', 'its server does not have it', { status: 404 });

test.each<[string, unknown, string, string]>([
  ['is larger than allowed', 'x'.repeat(maxDocumentBytes), 'tooLarge', 'it has more than maxDocumentBytes (1000)'],
  ['is not what its coding says', zlib, 'notReadable', 'incorrect header check [Z_DATA_ERROR]'],
  ['is closed by its storage', lasting, 'notReadable', 'closed [status 403]'],
  ['is gone', gone, 'notFound', 'its server does not have it [status 404]'],
])('a document that %s is refused', async (_, piece, reason, why) => {
  const { api, start } = await starting([{ pieces: ['a'] }, { pieces: ['some', piece] }]);
  const error = await failure('UnstructuredDocumentRefusedError', start());
  expect(error.message).toBe(`Document m:1 was refused: ${why}`);
  expect(error.details).toMatchObject([{ ref: 'm:1', reason, refused: [{ index: 1, ref: 'm:1', reason }] }]);
  expect([error.nonRetryable, judgeSend(failedCall(error))]).toEqual([true, 'fail']);
  expect(api.jobs).toEqual([]);
});

const LARGE = ['a', 'x'.repeat(maxDocumentBytes)];

test('a document that may be skipped is left out by the next send, beside those that were left out before', async () => {
  const { api, start } = await starting([{ pieces: LARGE }, { pieces: [] }, { pieces: ['b'] }], 'skip');
  const skipped = [
    { index: 0, reason: 'tooLarge' },
    { index: 1, reason: 'empty' },
  ];
  expect(await start()).toMatchObject({ started: true, skipped });
  expect(api.jobs.map(({ uploads }) => uploads.length)).toEqual([1]);
});

test('a document that is left out leaves the next send to end as it does', async () => {
  const expired = new UnstructuredStorageError('expired', { kind: 'credential', status: 400, code: 'ExpiredToken' });
  const { api, start } = await starting([{ pieces: LARGE }, { pieces: ['b', expired] }, { pieces: ['c'] }], 'skip');
  const error = await failure('UnstructuredDocumentRefusedError', start());
  expect(error.details?.[0]).toMatchObject({ reason: 'credentialRefused', refusedTotal: 1 });
  expect(judgeSend(failedCall(error))).toBe('retry');
  expect(api.jobs).toEqual([]);
});

test('documents that earlier sends gave up are not opened, and told with those that are left out now', async () => {
  const { api, activities, opened } = await starting([{ pieces: ['a'] }, { pieces: [] }, { pieces: ['c'] }]);
  const refused = [{ index: 0, ref: 'm:0', reason: 'notReadable' as const, message: 'cut, in 12 sends' }];
  const documents = [0, 1, 2].map((index) => ({ ref: `m:${index}`, uploadName: `${index}.txt` }));
  const request = { start, documents, maxDocumentBytes, onRefused: 'skip' as const, refused };
  expect(await perform(activities, CREATE, request)).toMatchObject({
    started: true,
    skipped: [refused[0], { index: 1, reason: 'empty' }],
  });
  expect(opened).toEqual(['m:1', 'm:2']);
  expect(api.jobs.map(({ uploads }) => uploads.length)).toEqual([1]);
});

test('a cancellation between two sends ends the start: the first began no job', async () => {
  const env = environment({});
  const open = (ref: string) => {
    async function* stream() {
      yield await Promise.resolve(Buffer.from('a'));
      if (ref !== 'm:0') return;
      env.cancel('CANCELLED');
      yield Buffer.from('x'.repeat(maxDocumentBytes));
    }
    return Promise.resolve({ bytes: undefined, stream });
  };
  const { activities, api } = await withStorage({}, { sources: { m: { open } } });
  const documents = ['m:0', 'm:1'].map((ref) => ({ ref, uploadName: `${ref.slice(2)}.txt` }));
  const request = { start, documents, maxDocumentBytes, onRefused: 'skip' as const };
  await expect(perform(activities, CREATE, request, {}, env)).rejects.toBeInstanceOf(CancelledFailure);
  expect(api.jobs).toEqual([]);
});

test('where none is left, all are named', async () => {
  const { api, start } = await starting([{ pieces: LARGE }, { pieces: [] }, { pieces: LARGE }], 'skip');
  const { details, message, category } = await failure('UnstructuredDocumentRefusedError', start());
  expect(category).toBeUndefined();
  expect(message).toMatch(/^3 of 3 documents were refused: \[0\] .* \[1\] .* \[2\] /);
  expect(details?.[0]).toMatchObject({ reason: 'tooLarge', refusedTotal: 3 });
  expect(api.jobs).toEqual([]);
});

test('a credential that a storage refuses may be renewed, whatever was left out', async () => {
  const expired = new UnstructuredStorageError('expired', { kind: 'credential', status: 400, code: 'ExpiredToken' });
  const { start } = await starting([{ pieces: [] }, { pieces: ['b', expired] }], 'skip');
  const error = await failure('UnstructuredDocumentRefusedError', start());
  expect(error.details?.[0]).toMatchObject({ reason: 'credentialRefused', refusedTotal: 1 });
  expect([judgeSend(failedCall(error)), error.category]).toEqual(['retry', 'BENIGN']);
});

test('a worker that is set up wrong is told as it is', async () => {
  const { start } = await starting([{ pieces: ['a', invalidInput('Option proxy is wrong', { notSent: true })] }]);
  const error = await failure('UnstructuredValidationError', start());
  expect([error.message, judgeSend(failedCall(error))]).toEqual(['Option proxy is wrong', 'fail']);
});

test('what a source asks of an API, and does not get, is no answer to the start', async () => {
  const open = () => Promise.reject(createUnstructuredError('down', { kind: 'server', status: 500 }));
  const { activities, api } = await withStorage({}, { sources: { m: { open } } });
  const documents = [{ ref: 'm:a', uploadName: 'a.txt' }];
  const begun = perform(activities, CREATE, { start, documents, maxDocumentBytes });
  const { details } = await failure('UnstructuredConnectionError', begun);
  expect(details).toMatchObject([{ notSent: true, status: 500 }]);
  expect(api.requests).toEqual([]);
});

test.each<[string, (whole: Buffer) => Buffer, string, object]>([
  [
    'turns out larger than allowed',
    (whole) => whole,
    'UnstructuredDocumentRefusedError',
    { reason: 'tooLarge', refusedTotal: 1 },
  ],
  [
    'breaks in the middle',
    (whole) => Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.alloc(whole.length / 2, 255)]),
    'UnstructuredDocumentRefusedError',
    { reason: 'notReadable' },
  ],
  [
    'ends in the middle',
    (whole) => whole.subarray(0, whole.length / 2),
    'UnstructuredConnectionError',
    { incomplete: true },
  ],
])('a compressed document that %s', async (_, stored, type, details) => {
  // More than is read before anything is sent.
  const text = Array.from({ length: 100_000 }, (_, n) => `${n * n}`).join();
  const server = createServer((_request, response) => {
    const body = stored(gzipSync(text));
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { api } = await withStorage();
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const storage = new Storage({ documents: { origins: [origin] } });
  onTestFinished(async () => {
    await Promise.all([client.close(), storage.close()]);
  });
  const activities = createUnstructuredActivities(() => client, storage);
  const documents = [{ ref: `${origin}/a.txt`, uploadName: 'a.txt' }];
  const limit = type === 'UnstructuredDocumentRefusedError' && 'refusedTotal' in details ? text.length - 1 : 1e9;
  const error = await failure(type, perform(activities, CREATE, { start, documents, maxDocumentBytes: limit }));
  expect(error.details?.[0]).toMatchObject(details);
  expect(api.requests.map(({ operation }) => operation)).toEqual(['createJob']);
  expect(api.jobs).toEqual([]);
});
