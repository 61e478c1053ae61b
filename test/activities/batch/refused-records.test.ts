// How long a record of a batch is tried again goes by what the storage answers: what lasts fails at once, a refused credential has its
// budget, a refusal that no storage gave ten minutes, and what passes as long as Temporal repeats the activity.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { ManifestRequest } from '../../../src/core/batch/manifest';
import type { PlanRequest } from '../../../src/core/batch/plan';
import { BEGIN_JOB, PLAN_JOBS, WRITE_MANIFEST, WRITE_MANIFEST_PART, WRITE_PLAN } from '../../../src/core/names';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import { S3Sink } from '../../../src/storage/s3';
import type { OutputSink } from '../../../src/storage/sink';
import { type S3Answer, servingS3 } from '../../storage/s3/s3-server';
import { elapsed, environment, failure, type Name, perform, withStorage } from '../support';

const MINUTE = 60_000;
const PLACE = { to: 's3://parsed/out/', key: 'nightly' };
const PLAN: PlanRequest = {
  ...PLACE,
  documents: [{ ref: 's3://inbox/a.pdf' }],
  perJob: 10,
  maxJobBytes: 1_000,
  maxDocumentBytes: 1_000,
  digest: 'asked',
  options: { version: 1, parallel: 5, tolerated: 1, startSpacing: 1_100, continueAsNewAfterEvents: 1_000 },
};
const MANIFEST: ManifestRequest = {
  ...PLACE,
  plan: { id: 'id', earlier: [] },
  jobs: 1,
  failedJobs: 0,
  startedAt: '2026-11-01T00:00:00.000Z',
  endedAt: '2026-11-01T01:00:00.000Z',
  outcome: 'completed',
  leftOut: {},
  options: {},
};
const MADE = { version: 1, id: 'id', earlier: [], digest: 'asked', jobs: 1, documents: 1, sizes: [1], leftOut: {} };
const JOB = { ...PLACE, plan: 'id', part: 1, run: { workflowId: 'nightly/1', runId: 'run' }, isResumed: false };
const PART = { ...PLACE, part: 1, lines: [] };

const PLANNED_LINE = Buffer.from('{"ref":"s3://inbox/a.pdf","identity":"x","path":"a.pdf","reason":"empty"}\n');

type Activities = Awaited<ReturnType<typeof withStorage>>['activities'];

/** Attempts of an activity, so many minutes after its begin: one fails each minute, and each knows what the one before told. */
function attemptsOf(activities: Activities, name: Name, input: object) {
  let told: unknown;
  return async (minute: number) => {
    const env = environment({ ...elapsed(minute * MINUTE), attempt: 1 + minute, heartbeatDetails: told });
    env.on('heartbeat', (details: unknown) => (told = details));
    return perform(activities, name, input as never, {}, env);
  };
}

/** The first of these minutes at which an activity fails for good, and how; undefined where it does not. */
async function endOf(activities: Activities, name: Name, input: object) {
  const attempt = attemptsOf(activities, name, input);
  for (const minute of [0, 1, 9, 11, 19, 21, 59, 61, 359]) {
    const { nonRetryable, message } = await failure('UnstructuredTransferError', attempt(minute));
    if (nonRetryable) return { minute, message };
  }
  return undefined;
}

const activitiesAgainst = async (answer: S3Answer) => {
  const client = await servingS3(answer);
  const sink = new S3Sink({ client, allowed: ['s3://parsed/'] });
  return (await withStorage({}, { sinks: { s3: sink } })).activities;
};

const ANSWERS: [string, S3Answer, number | undefined][] = [
  ['a bucket that is not there', { status: 404, code: 'NoSuchBucket' }, 0],
  ['another region', { status: 301, code: 'PermanentRedirect' }, 0],
  ['what is not implemented', { status: 501, code: 'NotImplemented' }, 0],
  ['a wrong request', { status: 400, code: 'InvalidRequest' }, 0],
  ["a proxy's redirect", { status: 302, page: '<html>' }, 11],
  ["a proxy's 404", { status: 404, page: '<html>' }, 11],
  ["a proxy's 407", { status: 407, page: '<html>' }, 11],
  ['an unknown key', { status: 403, code: 'InvalidAccessKeyId' }, 61],
  ['an expired token', { status: 400, code: 'ExpiredToken' }, 61],
  ['an outage', { status: 503, code: 'ServiceUnavailable' }, undefined],
  ['too many requests', { status: 429, code: 'TooManyRequests' }, undefined],
];

test.each(ANSWERS)('a part of the manifest: %s', async (_, answer, minute) => {
  const end = await endOf(await activitiesAgainst(answer), WRITE_MANIFEST_PART, PART);
  expect(end?.minute).toBe(minute);
  const { status, code } = answer;
  if (end) expect(end.message).toContain(code === undefined ? `[status ${status}` : `[status ${status}, ${code}`);
});

test.each<[Name, object]>([
  [PLAN_JOBS, PLAN],
  [WRITE_PLAN, { ...PLACE, plan: MADE }],
  [BEGIN_JOB, JOB],
  [WRITE_MANIFEST, MANIFEST],
])('%s fails at once without a bucket, and within its budget with a refused key', async (name, input) => {
  const ends = async (answer: S3Answer) => (await endOf(await activitiesAgainst(answer), name, input))?.minute;
  expect(await ends({ status: 404, code: 'NoSuchBucket' })).toBe(0);
  expect(await ends({ status: 302, page: '<html>' })).toBe(11);
  expect(await ends({ status: 403, code: 'InvalidAccessKeyId' })).toBe(61);
  expect(await ends({ status: 503, code: 'SlowDown' })).toBeUndefined();
});

test('a place that may not be written fails at once', async () => {
  const activities = await activitiesAgainst({ status: 403, code: 'AccessDenied' });
  expect((await endOf(activities, WRITE_MANIFEST_PART, PART))?.minute).toBe(0);
});

test('the budget is that of the request', async () => {
  const activities = await activitiesAgainst({ status: 403, code: 'InvalidAccessKeyId' });
  expect((await endOf(activities, BEGIN_JOB, { ...JOB, credentialBudgetMs: 20 * MINUTE }))?.minute).toBe(21);
  expect((await endOf(activities, BEGIN_JOB, { ...JOB, credentialBudgetMs: 0 }))?.minute).toBe(0);
});

/** A sink whose reads fail so, in turn; then there is nothing. */
async function failingInTurn(errors: (UnstructuredStorageError | undefined)[]) {
  const sink = {
    find: () => Promise.resolve(undefined),
    store: () => Promise.reject(new Error('nobody stores')),
    read: () => {
      const error = errors.shift();
      return error ? Promise.reject(error) : Promise.resolve(undefined);
    },
  };
  return (await withStorage({}, { sinks: { s3: sink } })).activities;
}

const refused = () => new UnstructuredStorageError('no access', { kind: 'credential', status: 403 });
const out = () => new UnstructuredStorageError('out', { kind: 'passing', status: 503 });

test('a refused credential has its budget where other errors wrap it', async () => {
  const wrapped = () => new AggregateError([new Error('read failed', { cause: refused() })]) as never;
  const activities = await failingInTurn(Array.from({ length: 9 }, wrapped));
  expect((await endOf(activities, BEGIN_JOB, JOB))?.minute).toBe(61);
});

test('the budget begins with the first refusal, not with an outage before it', async () => {
  const activities = await failingInTurn([out(), out(), refused(), refused(), refused()]);
  const attempt = attemptsOf(activities, BEGIN_JOB, JOB);
  const isOver = async (minute: number) =>
    (await failure('UnstructuredTransferError', attempt(minute))).nonRetryable === true;
  expect([await isOver(0), await isOver(300), await isOver(310)]).toEqual([false, false, false]);
  expect([await isOver(369), await isOver(371)]).toEqual([false, true]);
});

test('an outage in between neither ends the budget nor gives it anew', async () => {
  const activities = await failingInTurn([refused(), out(), refused()]);
  const attempt = attemptsOf(activities, BEGIN_JOB, JOB);
  const isOver = async (minute: number) =>
    (await failure('UnstructuredTransferError', attempt(minute))).nonRetryable === true;
  expect([await isOver(0), await isOver(65), await isOver(66)]).toEqual([false, false, true]);
});

test('a refusal of another kind in between neither ends the budget nor gives it anew', async () => {
  const proxy = () => new UnstructuredStorageError('who are you?', { kind: 'passing', status: 407 });
  const isOver = (attempt: ReturnType<typeof attemptsOf>) => async (minute: number) =>
    (await failure('UnstructuredTransferError', attempt(minute))).nonRetryable === true;
  const turns = [refused(), proxy(), refused(), proxy(), refused(), proxy()];
  const first = isOver(attemptsOf(await failingInTurn(turns), BEGIN_JOB, JOB));
  expect([await first(0), await first(1), await first(8), await first(9), await first(10), await first(12)]).toEqual([
    ...Array.from({ length: 5 }, () => false),
    true,
  ]);
  const second = isOver(attemptsOf(await failingInTurn([refused(), proxy(), refused()]), BEGIN_JOB, JOB));
  expect([await second(0), await second(5), await second(61)]).toEqual([false, false, true]);
});

test('a credential that was taken in between has its budget anew', async () => {
  const activities = await failingInTurn([refused(), undefined, refused(), refused()]);
  const attempt = attemptsOf(activities, PLAN_JOBS, PLAN);
  expect((await failure('UnstructuredTransferError', attempt(0))).nonRetryable).toBe(false);
  await expect(attempt(30)).rejects.toThrow('nobody stores');
  expect((await failure('UnstructuredTransferError', attempt(65))).nonRetryable).toBe(false);
});

test('the time in which no worker was there does not count', async () => {
  const activities = await failingInTurn([refused(), refused()]);
  let told: unknown;
  const at = (minute: number, attempt: number) => {
    const env = environment({ ...elapsed(minute * MINUTE), attempt, heartbeatDetails: told });
    env.on('heartbeat', (details: unknown) => (told = details));
    return failure('UnstructuredTransferError', perform(activities, BEGIN_JOB, JOB, {}, env));
  };
  await at(0, 1);
  expect((await at(300, 2)).nonRetryable).toBe(false);
});

test.each<
  [
    what: string,
    kind: 'credential' | 'passing',
    name: Name,
    input: object,
    isRefused: (call: string) => boolean,
    minute: number,
  ]
>([
  [
    'a part of the plan, where other plans have another id',
    'passing',
    PLAN_JOBS,
    PLAN,
    (call) => /^store .*part-00001/.test(call),
    11,
  ],
  [
    'the plan, where the list of what it leaves out is written',
    'passing',
    WRITE_PLAN,
    { ...PLACE, plan: { ...MADE, leftOut: { empty: 1 } } },
    (call) => /^store .*plan\.json$/.test(call),
    11,
  ],
  [
    'one part of a manifest, where others are read',
    'credential',
    WRITE_MANIFEST,
    { ...MANIFEST, jobs: 40 },
    (call) => /^read .*part-00030/.test(call),
    61,
  ],
  [
    'the manifest, where its parts are written',
    'credential',
    WRITE_MANIFEST,
    MANIFEST,
    (call) => /^store .*manifest\.json$/.test(call),
    61,
  ],
])('%s: one record that is refused has its budget', async (_, kind, name, input, isRefused, minute) => {
  const answer = async <T>(call: string, success: () => T | Promise<T>): Promise<T> => {
    if (isRefused(call)) throw new UnstructuredStorageError('refused', { kind, status: 403 });
    return success();
  };
  const sink: OutputSink = {
    find: () => Promise.resolve(undefined),
    read: ({ to, name: record }) =>
      answer(`read ${record}`, () => ((to + record).includes('/plan/') ? Readable.from([PLANNED_LINE]) : undefined)),
    store: ({ to, name: record }, body) =>
      answer(`store ${record}`, async () => {
        const bytes = await buffer(body);
        return { location: to + record, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      }),
  };
  const { activities } = await withStorage({}, { sinks: { s3: sink } });
  expect((await endOf(activities, name, input))?.minute).toBe(minute);
});
