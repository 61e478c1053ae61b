// One bad output holds back no other; an outage is waited out; what can't be had after patience is told by policy.
import { readdir } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { UnstructuredStorageError } from '../../src/core/storage-error';
import type { OutputSink } from '../../src/storage/sink';
import { type Fault, faults } from '../../src/testing';
import { MemorySink } from './memory-sink';
import { attemptsOf, completed, failure, withStorage } from './support';

const DOWNLOADS = { operation: 'downloadJobOutput' } as const;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A collecting of ten outputs, five at a time, of which the first so many meet a fault. */
async function withBad(fault: Fault, bad = 1, onLost: 'fail' | 'return' = 'fail') {
  const { api, activities, to, outbox } = await withStorage({}, { client: { timeouts: { body: '200ms' } } });
  const { job, files } = completed(api, { files: 10 });
  const isBad = () => job.fileIds.slice(0, bad).includes(api.requests.at(-1)?.query['file_id'] ?? '');
  api.addFaults([[{ ...DOWNLOADS, test: isBad }, fault]]);
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to, parallel: 5, onLost });
  return { api, job, attempt, outbox };
}

test.each<[string, Fault, string]>([
  ['by a 500', faults.status(500), 'UnstructuredServerError'],
  ['by a reset', faults.reset(), 'UnstructuredConnectionError'],
  ['by a cut', faults.reset({ after: 'half' }), 'UnstructuredResponseError'],
  ['by a stall', faults.hang({ after: 'half' }), 'UnstructuredTimeoutError'],
  ['by an HTML page', faults.html({ status: 200 }), 'UnstructuredResponseError'],
  ['by a 404', faults.status(404), 'UnstructuredNotFoundError'],
  ['by a 400', faults.status(400), 'UnstructuredRequestError'],
  ['by a 409', faults.status(409), 'UnstructuredRequestError'],
  ['by a 425', faults.status(425), 'UnstructuredRequestError'],
  ['by a 422', faults.status(422), 'UnstructuredValidationError'],
])('an output that always fails %s loses no other, and ends it within minutes', async (_, fault, type) => {
  const { job, attempt, outbox } = await withBad(fault);
  const early = await failure('UnstructuredTransferError', attempt());
  expect(early.nonRetryable).toBe(false);
  expect(await readdir(outbox)).toHaveLength(9);
  await failure('UnstructuredTransferError', attempt(MINUTE)); // with nothing saved since
  const late = await failure('UnstructuredTransferError', attempt(12 * MINUTE));
  expect(late.nonRetryable).toBe(true);
  const saved = job.fileIds.slice(1).map((fileId) => ({ fileId }));
  const lost = [{ fileId: job.fileIds[0], type }];
  expect(late.details).toMatchObject([{ jobId: job.id, lostTotal: 1, savedTotal: 9, lost, saved }]);
});

test.each<[string, Fault, number, number]>([
  ['the service is down, and no output was fetched', faults.status(503), 10, 13 * HOUR],
  ['the key is refused, and no output was fetched', faults.status(401), 10, 2 * HOUR],
  ['the key is refused for all but one', faults.status(401), 9, 3 * HOUR],
  ['the account is not paid for, for all but one', faults.status(402), 9, 3 * HOUR],
  ['the key lacks the right, for one', faults.status(403), 1, 3 * HOUR],
  ['the API takes no calls for all but one', faults.rateLimit({ retryAfter: 1 }), 9, 13 * HOUR],
])('where %s, no policy returns them as lost', async (_, fault, bad, late) => {
  const { attempt } = await withBad(fault, bad, 'return');
  expect((await failure('UnstructuredTransferError', attempt())).nonRetryable).toBe(false);
  await failure('UnstructuredTransferError', attempt(late)); // patience begins anew with an output that is saved
  await failure('UnstructuredTransferError', attempt(late + MINUTE));
  const { nonRetryable, details } = await failure('UnstructuredTransferError', attempt(2 * late + 2 * MINUTE));
  expect(nonRetryable).toBe(true);
  expect(details).toMatchObject([{ lostTotal: bad, savedTotal: 10 - bad }]);
});

test.each<[string, () => Error]>([
  ['refuses its credential', () => new UnstructuredStorageError('no', { kind: 'credential', status: 403 })],
  ['is down', () => new UnstructuredStorageError('no', { kind: 'passing', status: 503 })],
  ['refuses them for good', () => new UnstructuredStorageError('no', { kind: 'lasting', status: 400 })],
  ['is of a sink that throws a failure of its own', () => ApplicationFailure.nonRetryable('no')],
])('where a place %s, and the API has one output that is bad, no policy returns them as lost', async (_, error) => {
  const store: OutputSink['store'] = async (_target, body) => {
    await buffer(body);
    throw error();
  };
  const sink: OutputSink = { find: () => Promise.resolve(undefined), store };
  const { api, activities } = await withStorage({}, { sinks: { mem: sink } });
  const { job, files } = completed(api, { files: 3 });
  const isBad = () => api.requests.at(-1)?.query['file_id'] === job.fileIds[2];
  api.addFaults([[{ ...DOWNLOADS, test: isBad }, faults.html({ status: 200 })]]);
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to: 'mem:out', onLost: 'return' });
  // The bad output has its own time once that of the place is over.
  for (const late of [0, 13 * HOUR]) await failure('UnstructuredTransferError', attempt(late));
  const { nonRetryable, details } = await failure('UnstructuredTransferError', attempt(14 * HOUR));
  expect(nonRetryable).toBe(true);
  expect(details).toMatchObject([{ lostTotal: 3, savedTotal: 0 }]);
});

test.each<[string, Fault, number, number]>([
  ['the service is down for all but one', faults.status(503), 9, 13 * HOUR],
  ['none is there', faults.status(404), 10, 11 * MINUTE],
  ['none can be read', faults.html({ status: 200 }), 10, 11 * MINUTE],
])('where %s, the outputs are returned as lost by that policy', async (_, fault, bad, late) => {
  const { attempt } = await withBad(fault, bad, 'return');
  await failure('UnstructuredTransferError', attempt());
  await attempt(late).catch(() => undefined);
  const again = () => attempt(late + MINUTE).catch(() => attempt(2 * late + 2 * MINUTE));
  const { saved, lost } = await again(); // patience begins anew with an output that is saved
  expect([saved.length, lost.length]).toEqual([10 - bad, bad]);
});

test.each<[string, Fault, number]>([
  ['an output that fails', faults.status(503), 1],
  ['an output that is not there yet', faults.status(404), 1],
  ['an outage', faults.status(503), 10],
  ['a refused key', faults.status(401), 10],
])('the time in which no worker was there does not count for %s', async (_, fault, bad) => {
  const { api, attempt } = await withBad(fault, bad);
  await failure('UnstructuredTransferError', attempt());
  const before = api.requests.length;
  expect((await failure('UnstructuredTransferError', attempt.away(13 * HOUR))).nonRetryable).toBe(false);
  expect(api.requests.length).toBeGreaterThan(before);
});

test.each<[string, Fault]>([
  ['is empty', faults.garbage({ body: '' })],
  ['is a page', faults.garbage({ body: '<html></html>' })],
  ['is a text', faults.garbage({ body: 'upstream error' })],
  ['breaks off', faults.garbage({ body: '[{"type":"Title"' })],
  ['is not compressed as it says', faults.headers({ 'content-encoding': 'deflate' })],
  ['is compressed in an unknown way', faults.headers({ 'content-encoding': 'compress' })],
])(
  'an output that %s, though it came whole, is lost after ten minutes, however many the job has',
  async (_what, fault) => {
    for (const files of [1, 2, 7]) {
      const { api, activities, to } = await withStorage();
      const { job, files: all } = completed(api, { files });
      api.addFaults([[DOWNLOADS, fault]]);
      const attempt = attemptsOf(activities, { jobId: job.id, files: all, which: 'final', to, onLost: 'fail' });
      await failure('UnstructuredTransferError', attempt());
      expect((await failure('UnstructuredTransferError', attempt(9 * MINUTE))).nonRetryable).toBe(false);
      const late = await failure('UnstructuredTransferError', attempt(11 * MINUTE));
      expect(late.nonRetryable).toBe(true);
      expect(late.details).toMatchObject([{ lostTotal: files, savedTotal: 0 }]);
    }
  },
);

test.each([409, 425])('a %i is asked again for ten minutes, however many outputs the job has', async (status) => {
  for (const files of [1, 7]) {
    const { api, activities, to } = await withStorage();
    const { job, files: all } = completed(api, { files });
    api.addFaults([[DOWNLOADS, faults.status(status)]]);
    const attempt = attemptsOf(activities, { jobId: job.id, files: all, which: 'final', to, onLost: 'fail' });
    await failure('UnstructuredTransferError', attempt());
    expect((await failure('UnstructuredTransferError', attempt(9 * MINUTE))).nonRetryable).toBe(false);
    expect((await failure('UnstructuredTransferError', attempt(11 * MINUTE))).nonRetryable).toBe(true);
  }
});

test('a 503 of the only output is waited out for hours all the same', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 1 });
  api.addFaults([[DOWNLOADS, faults.status(503)]]);
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to, onLost: 'fail' });
  await failure('UnstructuredTransferError', attempt());
  expect((await failure('UnstructuredTransferError', attempt(11 * HOUR))).nonRetryable).toBe(false);
  expect((await failure('UnstructuredTransferError', attempt(13 * HOUR))).nonRetryable).toBe(true);
});

test('an output that can never be had is listed in the answer, where the policy says so', async () => {
  const { job, attempt } = await withBad(faults.status(404), 1, 'return');
  expect((await failure('UnstructuredTransferError', attempt())).nonRetryable).toBe(false);
  await failure('UnstructuredTransferError', attempt(MINUTE));
  const { saved, lost } = await attempt(4 * MINUTE);
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds.slice(1));
  expect(lost).toMatchObject([{ fileId: job.fileIds[0], nodeId: null }]);
});

test('bad outputs at the head do not pass for an outage again and again', async () => {
  const { job, attempt, outbox } = await withBad(faults.status(500), 5);
  const { details } = await failure('UnstructuredTransferError', attempt());
  expect(details).toMatchObject([{ lostTotal: 10, savedTotal: 0 }]);
  await failure('UnstructuredTransferError', attempt(MINUTE));
  expect(await readdir(outbox)).toHaveLength(5);
  const late = await failure('UnstructuredTransferError', attempt(HOUR));
  expect(late.nonRetryable).toBe(false);
  const lost = job.fileIds.slice(0, 5).map((fileId) => ({ fileId }));
  const last = await failure('UnstructuredTransferError', attempt(13 * HOUR));
  expect(last.nonRetryable).toBe(true);
  expect(last.details).toMatchObject([{ lost, savedTotal: 5 }]);
});

test('an outage is told by a few outputs, waited out for hours, and loses none that was never tried', async () => {
  const { api, attempt } = await withBad(faults.status(503), 10);
  let seen = 0;
  const tried = () => new Set(api.requests.slice(seen).map(({ query }) => query['file_id'])).size;
  for (const hours of [0, 11]) {
    const { nonRetryable, details } = await failure('UnstructuredTransferError', attempt(hours * HOUR));
    expect(nonRetryable).toBe(false);
    expect(details).toMatchObject([{ lostTotal: 10, savedTotal: 0 }]);
    expect(tried()).toBeLessThan(10);
    seen = api.requests.length;
  }
  const { nonRetryable } = await failure('UnstructuredTransferError', attempt(13 * HOUR));
  expect(nonRetryable).toBe(true);
  expect(tried()).toBe(10);
});

test('the patience begins anew with each output that is saved', async () => {
  const { api, job, attempt } = await withBad(faults.status(404), 0);
  let isOut = true;
  api.addFaults([[{ ...DOWNLOADS, test: () => isOut }, faults.status(503)]]);
  await failure('UnstructuredTransferError', attempt());
  isOut = false;
  api.addFaults([
    [{ ...DOWNLOADS, test: () => api.requests.at(-1)?.query['file_id'] === job.fileIds[0] }, faults.status(404)],
  ]);
  expect((await failure('UnstructuredTransferError', attempt(11 * HOUR))).details).toMatchObject([{ savedTotal: 9 }]);
  expect((await failure('UnstructuredTransferError', attempt(11 * HOUR + MINUTE))).nonRetryable).toBe(false);
  expect((await failure('UnstructuredTransferError', attempt(11 * HOUR + 4 * MINUTE))).nonRetryable).toBe(true);
});

test('a key that is refused in the middle is waited for an hour; then it ends with what was saved', async () => {
  const { api, attempt } = await withBad(faults.status(404), 0);
  api.addFaults([[{ ...DOWNLOADS, from: 3 }, faults.status(401)]]);
  const early = await failure('UnstructuredTransferError', attempt());
  expect(early.nonRetryable).toBe(false);
  expect(api.requests.length).toBeLessThanOrEqual(12);
  await failure('UnstructuredTransferError', attempt(MINUTE));
  expect((await failure('UnstructuredTransferError', attempt(50 * MINUTE))).nonRetryable).toBe(false);
  const { nonRetryable, details } = await failure('UnstructuredTransferError', attempt(70 * MINUTE));
  expect(nonRetryable).toBe(true);
  const saved = [{}, {}];
  const lost = Array.from({ length: 8 }, () => ({ type: 'UnstructuredAuthenticationError' }));
  expect(details).toMatchObject([{ saved, savedTotal: 2, lostTotal: 8, lost }]);
});

test.each<[number, string]>([
  [402, 'UnstructuredPaymentRequiredError'],
  [403, 'UnstructuredPermissionError'],
])('a key refused by %i has the budget of a 401, and holds back no other output', async (status, type) => {
  const { attempt, outbox } = await withBad(faults.status(status));
  expect((await failure('UnstructuredTransferError', attempt())).nonRetryable).toBe(false);
  expect(await readdir(outbox)).toHaveLength(9);
  await failure('UnstructuredTransferError', attempt(MINUTE));
  expect((await failure('UnstructuredTransferError', attempt(50 * MINUTE))).nonRetryable).toBe(false);
  const { nonRetryable, details } = await failure('UnstructuredTransferError', attempt(70 * MINUTE));
  expect(nonRetryable).toBe(true);
  expect(details).toMatchObject([{ lostTotal: 1, lost: [{ type }] }]);
});

test('a key refused by 403 for five outputs in a row is not tried on all others', async () => {
  const { api, attempt } = await withBad(faults.status(403), 10);
  const before = api.requests.length;
  expect((await failure('UnstructuredTransferError', attempt())).nonRetryable).toBe(false);
  expect(api.requests.length - before).toBeLessThan(20);
});

test('a place that refuses its credential is waited for as a refused key is, by the budget that the caller gives', async () => {
  const error = { kind: 'credential', status: 403, code: 'InvalidAccessKeyId', requestId: 'R1' } as const;
  const sink: OutputSink = {
    find: () => Promise.resolve(undefined),
    store: () => Promise.reject(new UnstructuredStorageError('no mem:out for us', error)),
  };
  const { api, activities } = await withStorage({}, { sinks: { mem: sink } });
  const { job, files } = completed(api);
  for (const [credentialBudgetMs, early, late] of [
    [undefined, 50 * MINUTE, 70 * MINUTE],
    [4 * HOUR, 3 * HOUR, 5 * HOUR],
  ] as const) {
    const request = { jobId: job.id, files, which: 'final', to: 'mem:out', credentialBudgetMs } as const;
    const attempt = attemptsOf(activities, request);
    expect((await failure('UnstructuredTransferError', attempt())).nonRetryable).toBe(false);
    expect((await failure('UnstructuredTransferError', attempt(early))).nonRetryable).toBe(false);
    const { nonRetryable, details } = await failure('UnstructuredTransferError', attempt(late));
    expect(nonRetryable).toBe(true);
    const { kind: _kind, ...answer } = error;
    expect(details).toMatchObject([{ lost: [{ type: 'UnstructuredStorageError', ...answer }, {}, {}] }]);
  }
});

test('a name that the sink refuses loses no other, and is not tried again', async () => {
  const fileIds = ['a.pdf', 'bad.pdf', 'c.pdf'];
  const { api, activities } = await withStorage({}, { sinks: { mem: new MemorySink('bad.pdf') } });
  const { job, files } = completed(api, { files: fileIds.map((fileId) => ({ fileId })) });
  const request = { jobId: job.id, files, which: 'final', to: 'mem:out' } as const;
  const { nonRetryable, details } = await failure('UnstructuredTransferError', attemptsOf(activities, request)());
  expect(nonRetryable).toBe(true);
  const lost = [{ fileId: 'bad.pdf', type: 'UnstructuredStorageError', message: 'no such name here' }];
  expect(details).toMatchObject([{ savedTotal: 2, lostTotal: 1, lost }]);
});

test.each([
  ['a folder that is not allowed', 'file:///etc/'],
  ['a scheme without a sink', 'ftp://somewhere/'],
])('%s is refused for good by either policy, before anything is fetched', async (_, to) => {
  const { api, activities } = await withStorage();
  const { job, files } = completed(api);
  for (const onLost of ['fail', 'return'] as const) {
    const request = { jobId: job.id, files, which: 'final', to, onLost } as const;
    const refused = await failure('UnstructuredTransferError', attemptsOf(activities, request)());
    expect(refused.nonRetryable).toBe(true);
  }
  expect(api.requests).toEqual([]);
});

test.each<[string, Fault, number]>([
  ['409', faults.status(409), 20],
  ['425', faults.status(425), 90],
  ['400', faults.status(400), 11 * 60],
  ['410', faults.status(410), 3],
  ['401', faults.status(401), 90],
  ['402', faults.status(402), 61],
  ['403', faults.status(403), 11 * 60],
  ['page', faults.html({ status: 200 }), 30],
])('a single %s after an outage loses nothing', async (_, odd, minutes) => {
  for (const files of [1, 7]) {
    const { api, activities, to } = await withStorage();
    const { job, files: all } = completed(api, { files });
    let isDown = true;
    let odds = 0;
    api.addFaults([[{ ...DOWNLOADS, test: () => isDown }, faults.status(502)]]);
    api.addFaults([[{ ...DOWNLOADS, test: () => !isDown && odds++ === 0 }, odd]]);
    const attempt = attemptsOf(activities, { jobId: job.id, files: all, which: 'final', to, onLost: 'return' });
    await failure('UnstructuredTransferError', attempt());
    await failure('UnstructuredTransferError', attempt(minutes * MINUTE));
    isDown = false;
    const { saved, lost } = await attempt((minutes + 1) * MINUTE);
    expect([saved.length, lost.length]).toEqual([files, 0]);
  }
});

test('an output that fails in another way at each attempt is lost after ten minutes', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 4 });
  let attempts = 0;
  const isBad = () => api.requests.at(-1)?.query['file_id'] === job.fileIds[1];
  for (const [index, fault] of [faults.status(502), faults.status(404), faults.html({ status: 200 })].entries())
    api.addFaults([[{ ...DOWNLOADS, test: () => isBad() && attempts % 3 === index }, fault]]);
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to, onLost: 'return' });
  for (; attempts < 10; attempts++) await failure('UnstructuredTransferError', attempt(attempts * MINUTE));
  const { saved, lost } = await attempt(12 * MINUTE);
  expect([saved.length, lost.length]).toEqual([3, 1]);
});
