// The activity that plans a batch: killed at any moment, it makes the plan that it would have made, and none that is there is made again.
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test, vi } from 'vitest';
import { type BatchPlan, idOfPart, type PlanRequest } from '../../../src/core/batch/plan';
import {
  parseLines,
  partName,
  planParts,
  type PlannedDocument,
  recordsFolder,
  toLines,
} from '../../../src/core/batch/records';
import type { Manifest, ManifestRequest } from '../../../src/core/batch/manifest';
import { linesOfFailure, type ManifestLine } from '../../../src/core/batch/manifest-lines';
import { SILENT } from '../../../src/core/batch/part-failure';
import { withDistinctPaths } from '../../../activities/batch/documents';
import type { ListedEntry } from '../../../src/core/listing';
import { BEGIN_JOB, PLAN_JOBS, WRITE_MANIFEST, WRITE_MANIFEST_PART, WRITE_PLAN } from '../../../src/core/names';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import type { OutputSink } from '../../../src/storage/sink';
import type { DocumentSource } from '../../../src/storage/source';
import { Storage } from '../../../src/storage/storage';
import { quiet } from '../../support/logs';
import { type Beat, environment, heartbeatClient, type Name, perform, withStorage } from '../support';

const PAGE = 4;

/** A source of numbered documents, some of which it can't read. */
function numbered(count: number): ListedEntry[] {
  return Array.from({ length: count }, (_, n): ListedEntry => {
    const path = `doc-${String(n).padStart(3, '0')}`;
    return n % 5 === 3 ? { path, leftOut: 'symlink' } : { ref: `mem:/${path}`, path, bytes: n + 1, version: `v${n}` };
  });
}

function sourceOf(listed: () => readonly ListedEntry[]): DocumentSource {
  return {
    open: () => Promise.reject(new Error('nobody reads')),
    // eslint-disable-next-line @typescript-eslint/require-await
    async *list(_from, { after }) {
      const entries = listed();
      const rest = entries.filter(({ path }) => after === undefined || path > after);
      for (let at = 0; at < rest.length; at += PAGE) yield { entries: rest.slice(at, at + PAGE) };
    },
  };
}

class Killed extends Error {}

function placeText({ to, name }: { to: string; name: string }): string {
  return `${to.replace(/\/$/, '')}/${name}`;
}

/** A sink that keeps records, and whose worker dies at the write with a number, or whose write with a number comes late. */
class Records implements OutputSink {
  readonly texts = new Map<string, string>();
  writes = 0;
  killAt = Infinity;
  /** Which write comes late: once `release` is called. */
  holdAt = Infinity;
  readonly #late = new EventEmitter();
  readonly held = once(this.#late, 'held');
  release = () => this.#late.emit('released');

  find() {
    return Promise.resolve(undefined);
  }

  async store({ to, name }: { to: string; name: string }, body: AsyncIterable<Uint8Array>) {
    const write = ++this.writes;
    if (write === this.killAt) throw new Killed();
    const bytes = await buffer(body);
    if (write === this.holdAt) {
      const released = once(this.#late, 'released');
      this.#late.emit('held');
      await released;
    }
    this.texts.set(placeText({ to, name }), bytes.toString());
    return { location: to + name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  read({ to, name }: { to: string; name: string }) {
    const text = this.texts.get(placeText({ to, name }));
    return Promise.resolve(text === undefined ? undefined : Readable.from([Buffer.from(text)]));
  }
}

const REQUEST: PlanRequest = {
  to: 'mem:/out/',
  key: 'batch',
  documents: { from: 'mem:/in/' },
  perJob: 3,
  maxJobBytes: 40,
  maxDocumentBytes: 1_000,
  digest: 'asked',
  options: { version: 1, parallel: 5, tolerated: 1, startSpacing: 1_100, continueAsNewAfterEvents: 1_000 },
};

async function setUp(count = 23) {
  const records = new Records();
  const folder = { entries: numbered(count) };
  const mem = sourceOf(() => folder.entries);
  const { activities, inbox, inboxUrl } = await withStorage({}, { sources: { mem }, sinks: { mem: records } });
  const plan = (request: Partial<PlanRequest> = {}, env?: MockActivityEnvironment) =>
    perform(activities, PLAN_JOBS, { ...REQUEST, ...request }, {}, env);
  const write = (made: BatchPlan, env?: MockActivityEnvironment) => {
    const { to, key } = REQUEST;
    return perform(activities, WRITE_PLAN, { to, key, plan: made }, {}, env);
  };
  return { records, folder, activities, plan, write, inbox, inboxUrl };
}

const FOLDER = REQUEST.to + recordsFolder(REQUEST.key);

/** What stands in the parts of a plan. */
function jobsOf(records: Records, plan: BatchPlan): string[][] {
  return Array.from({ length: plan.jobs }, (_, n) => plannedOf(records, plan, n + 1).map(({ ref }) => ref));
}

function plannedOf({ texts }: Records, plan: BatchPlan, part = 1): PlannedDocument[] {
  const place = FOLDER + planParts(idOfPart(plan, part)) + partName(part);
  return parseLines(texts.get(place) ?? '') as PlannedDocument[];
}

function leftOutBy({ texts }: Records, { id }: BatchPlan): unknown[] {
  return parseLines(texts.get(`${FOLDER}${planParts(id)}left-out.jsonl`) ?? '');
}

const MANIFEST_WRITTEN = 'a part of the manifest was written';

const manifestOf = (plan: BatchPlan, jobs: number): Omit<ManifestRequest, 'to' | 'key'> => ({
  plan,
  jobs,
  failedJobs: 0,
  startedAt: '2026-11-01T00:00:00.000Z',
  endedAt: '2026-11-01T01:00:00.000Z',
  outcome: 'stopped',
  leftOut: {},
  options: {},
});

/** A plan without what differs from attempt to attempt. */
const withoutIds = (plan: BatchPlan) => ({
  ...plan,
  id: '',
  earlier: [],
  batch: { ...plan.batch, key: '', listedAt: '' },
});

test('jobs have no more documents and bytes than they may, and what is left out is counted', async () => {
  const { records, plan } = await setUp();
  const { plan: made, finished, options } = await plan();
  expect(made).toMatchObject({ documents: 19, leftOut: { symlink: 4 }, digest: 'asked' });
  expect({ finished, options }).toEqual({ finished: null, options: REQUEST.options });
  const jobs = jobsOf(records, made);
  expect(jobs.map((job) => job.length)).toEqual(made.sizes);
  expect(jobs.flat()).toEqual(
    Array.from({ length: 23 }, (_, n) => n)
      .filter((n) => n % 5 !== 3)
      .map((n) => `mem:/doc-${String(n).padStart(3, '0')}`),
  );
  expect(Math.max(...made.sizes)).toBe(3);
});

test('the plan that is written says what the batch is for, so that it can be found before it has a manifest', async () => {
  const { records, plan, write } = await setUp();
  const earlier = ['a', 'b'].map((key) => putEarlier(records, key, [[lineOf(0, 'ok')]]));
  const documents = { from: 'mem:/in/?token=secret', match: '*' };
  const { plan: made } = await plan({ documents, unlessIn: earlier });
  await write(made);
  expect(JSON.parse(records.texts.get(`${FOLDER}plan.json`) ?? '')).toMatchObject({
    batch: {
      key: 'batch',
      listedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      unlessIn: earlier[0],
      alsoUnlessIn: [earlier[1]],
      retryFailed: null,
      options: { from: expect.not.stringContaining('secret') as string, match: '*' },
    },
  });
  const other = await setUp();
  const retried = putEarlier(other.records, 'b', [[lineOf(0, 'failed')]]);
  const { plan: retry } = await other.plan({ documents: undefined, retryFailed: retried });
  expect(retry.batch).toMatchObject({ unlessIn: null, alsoUnlessIn: [], retryFailed: retried, options: {} });
});

test('what an attempt writes late, that Temporal gave up, changes nothing of the plan that the batch goes by', async () => {
  const whole = await setUp();
  await whole.plan();
  for (let holdAt = 1; holdAt <= whole.records.writes; holdAt++) {
    const { records, folder, plan, write } = await setUp();
    records.holdAt = holdAt;
    let told: unknown;
    const env = environment({});
    env.on('heartbeat', (details: unknown) => (told = details));
    const late = plan({}, env);
    await records.held;
    // Before the next attempt lists it, the folder has changed.
    folder.entries = folder.entries.filter((_, n) => n % 7 !== 6);
    const { plan: made } = await plan({}, environment({ attempt: 2, heartbeatDetails: told }));
    const jobs = jobsOf(records, made);
    const leftOut = leftOutBy(records, made);
    expect(jobs.map((job) => job.length)).toEqual(made.sizes);
    await write(made);
    records.release();
    await late;
    expect((await plan()).plan, `where write ${holdAt} is late`).toEqual(made);
    expect([jobsOf(records, made), leftOutBy(records, made)]).toEqual([jobs, leftOut]);
  }
});

test('an attempt to plan writes no plan, and two attempts to write it write the same', async () => {
  const { records, plan, write } = await setUp();
  const { plan: made } = await plan();
  const place = `${FOLDER}plan.json`;
  expect(records.texts.has(place)).toBe(false);
  await write(made);
  expect(JSON.parse(records.texts.get(place) ?? '')).toEqual(made);
  const written = new Map(records.texts);
  await write(made);
  expect(records.texts).toEqual(written);
});

test.each<[name: Name, input: (plan: BatchPlan) => object, record: string, before: string]>([
  [WRITE_PLAN, (plan) => ({ plan }), 'left-out.jsonl', 'the plan was written'],
  [WRITE_PLAN, (plan) => ({ plan: { ...plan, leftOut: {} } }), 'plan.json', 'the plan was written'],
  [
    BEGIN_JOB,
    ({ id }) => ({ plan: id, part: 1, run: { workflowId: 'batch/1', runId: 'run' }, isResumed: false }),
    `begun/${partName(1)}`,
    'the start of a job was recorded',
  ],
  [WRITE_MANIFEST_PART, () => ({ part: 1, lines: [] }), `manifest/${partName(1)}`, MANIFEST_WRITTEN],
  [WRITE_MANIFEST, (plan) => manifestOf(plan, plan.jobs), `manifest/${partName(1)}`, MANIFEST_WRITTEN],
  [WRITE_MANIFEST, (plan) => manifestOf(plan, 0), 'manifest.json', MANIFEST_WRITTEN],
])('an attempt of %s that Temporal waits for no more writes nothing', async (name, input, record, before) => {
  const { records, activities, plan } = await setUp();
  const { plan: made } = await plan();
  const { to, key } = REQUEST;
  const attempt = (beat: Beat) => {
    const env = new MockActivityEnvironment(
      { heartbeatTimeoutMs: 20_000 },
      { logger: quiet, client: heartbeatClient(beat) },
    );
    return perform(activities, name, { to, key, ...input(made) }, {}, env);
  };
  const there = new Map(records.texts);
  const givenUp = Object.assign(new Error(''), { name: 'ActivityNotFoundError' });
  await expect(attempt(() => Promise.reject(givenUp))).rejects.toMatchObject({
    type: 'HeartbeatError',
    message: `Temporal accepted no heartbeat before ${before}: ActivityNotFoundError`,
    nonRetryable: false,
  });
  expect(records.texts).toEqual(there);
  await attempt(() => Promise.resolve());
  expect(records.texts.has(FOLDER + record)).toBe(true);
});

test('what is left out is listed with its reason, for each reason the first thousand', async () => {
  const { records, folder, plan, write } = await setUp(0);
  const entries = Array.from({ length: 1_500 }, (_, n): ListedEntry => {
    const path = `e-${String(n).padStart(4, '0')}`;
    return n === 1_400 ? { path, leftOut: 'badName' } : { path, leftOut: 'symlink' };
  });
  folder.entries = entries;
  const { plan: made } = await plan();
  expect(made.leftOut).toEqual({ symlink: 1_499, badName: 1 });
  await write(made);
  const listed = [...entries.slice(0, 1_000), entries[1_400]!].map(({ path, leftOut }) => ({ path, reason: leftOut }));
  expect(parseLines(records.texts.get(`${FOLDER}left-out.jsonl`) ?? '')).toEqual(listed);
});

test('what an attempt listed behind the last heartbeat that Temporal took is not listed twice', async () => {
  const { records, plan } = await setUp();
  let told: unknown;
  const first = environment({});
  first.on('heartbeat', (details: unknown) => (told ??= details));
  const { plan: expected } = await plan({}, first);
  const { plan: made } = await plan({}, environment({ attempt: 2, heartbeatDetails: told }));
  expect(withoutIds(made)).toEqual(withoutIds(expected));
  expect(leftOutBy(records, made)).toEqual(leftOutBy(records, expected));
});

test('what is left out is counted beyond the listed thousand, also if another attempt goes on', async () => {
  const { folder, plan } = await setUp(0);
  folder.entries = Array.from({ length: 1_500 }, (_, n) => ({ path: `e-${n + 1_000}`, leftOut: 'symlink' }));
  let told: unknown;
  const first = environment({});
  first.on('heartbeat', (details: unknown) => (told = details));
  await plan({}, first);
  folder.entries.push({ path: 'f', leftOut: 'symlink' });
  const { plan: made } = await plan({}, environment({ attempt: 2, heartbeatDetails: told }));
  expect(made.leftOut).toEqual({ symlink: 1_501 });
});

test('where nothing is left out, there is no list', async () => {
  const { records, plan, write } = await setUp(3);
  await write((await plan()).plan);
  expect([...records.texts.keys()].filter((place) => place.includes('left-out'))).toEqual([]);
});

const MANY = { name: '{path}/{stem}.json', perJob: 100, maxJobBytes: 1e9, maxDocumentBytes: 1e9 };

test.each([
  ['listed in pages', {}, 23],
  ['named by a template', MANY, 1_300],
])('killed at any write of a plan of documents %s, the next attempt goes on', async (_how, asked, count) => {
  const whole = await setUp(count);
  const { plan: expected } = await whole.plan(asked);
  let taken = 0;
  for (let killAt = 1; killAt <= whole.records.writes; killAt++) {
    const { records, plan } = await setUp(count);
    records.killAt = killAt;
    let told: unknown;
    const first = environment({});
    first.on('heartbeat', (details: unknown) => (told = details));
    await expect(plan(asked, first)).rejects.toThrow();
    records.killAt = Infinity;
    // Every other time another activity goes on: no worker took the second attempt.
    const { plan: made } =
      killAt % 2 === 0
        ? await plan(asked, environment({ attempt: 2, heartbeatDetails: told }))
        : await plan({ ...asked, memory: told });
    const begun = (told as { plan?: BatchPlan }).plan;
    if (begun && begun.jobs > 0) expect(made.earlier).toEqual([{ id: begun.id, jobs: begun.jobs }]);
    taken = Math.max(taken, begun?.jobs ?? 0);
    expect(withoutIds(made)).toEqual(withoutIds(expected));
    expect(jobsOf(records, made)).toEqual(jobsOf(whole.records, expected));
    expect(leftOutBy(records, made)).toEqual(leftOutBy(whole.records, expected));
  }
  expect(taken).toBeGreaterThan(expected.jobs / 2);
});

test('where a template names outputs of other documents by now, the next attempt plans them anew', async () => {
  const { records, folder, plan } = await setUp(1_300);
  records.killAt = 12;
  let told: unknown;
  const first = environment({});
  first.on('heartbeat', (details: unknown) => (told = details));
  await expect(plan(MANY, first)).rejects.toThrow();
  expect(told).toMatchObject({ plan: { jobs: 10 } });
  records.killAt = Infinity;
  folder.entries[0] = { ...folder.entries[0]!, version: 'changed' } as ListedEntry;
  const { plan: made } = await plan(MANY, environment({ attempt: 2, heartbeatDetails: told }));
  const { plan: expected } = await plan({ ...MANY, key: 'other' });
  expect(withoutIds(made)).toEqual(withoutIds(expected));
  expect(made.earlier).toEqual([]);
  expect(plannedOf(records, made)[0]).toMatchObject({ version: 'changed' });
  const refs = folder.entries.flatMap((entry) => ('ref' in entry ? entry.ref : []));
  expect(jobsOf(records, made).flat()).toEqual(refs);
});

test.each([
  ['listed in pages', {}, PAGE],
  ['named by a template', { name: '{path}/{stem}.json' }, 19],
  ['given', { documents: Array.from({ length: 19 }, (_, n) => ({ ref: `mem:/${n}` })) }, 19],
])('the parts of documents that are %s are written while the first is slow', async (_how, asked, parts) => {
  const { records, folder, plan } = await setUp();
  folder.entries = folder.entries.filter(({ leftOut }) => leftOut === undefined);
  records.holdAt = 1;
  const made = plan({ perJob: 1, ...asked });
  await records.held;
  await vi.waitFor(() => expect(records.texts.size).toBe(parts - 1));
  records.release();
  expect((await made).plan.sizes).toEqual(Array.from({ length: 19 }, () => 1));
});

test('a plan that is there is not made again, and a job that has an ok document in its manifest is finished', async () => {
  const { records, plan, write } = await setUp();
  const { plan: made } = await plan();
  await write(made);
  const line = (status: string) => `${JSON.stringify({ status, identity: 'x' })}\n`;
  const folder = `${FOLDER}manifest/`;
  const fill = (part: number, ...statuses: string[]) => {
    const more = Array.from({ length: (made.sizes[part - 1] ?? 0) - statuses.length }, () => 'missing');
    records.texts.set(folder + partName(part), [...statuses, ...more].map(line).join(''));
  };
  fill(1, 'ok', 'failed');
  fill(2, 'missing', 'refused');
  fill(3, 'ok');
  fill(4, 'ok');
  const { writes } = records;
  const again = await plan();
  expect(again.plan).toEqual(made);
  expect(records.writes).toBe(writes);
  expect(again.finished).toEqual({
    ranges: [
      [1, 1],
      [3, 4],
    ],
    jobs: 3,
    counts: { ok: 3, failed: 1, refused: 0, missing: made.sizes[0]! + made.sizes[2]! + made.sizes[3]! - 4 },
  });
  fill(4, 'ok');
  const cut = records.texts
    .get(folder + partName(4))
    ?.split('\n')
    .slice(0, -2)
    .join('\n');
  records.texts.set(folder + partName(4), cut ?? '');
  await expect(plan()).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: expect.stringMatching(/manifest\/part-00004\.jsonl .* it has 2 of 3 lines/) as string,
  });
});

test('a plan of something else is refused', async () => {
  const { plan, write } = await setUp();
  await write((await plan()).plan);
  await expect(plan({ digest: 'other' })).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    nonRetryable: true,
  });
});

test.each([
  ['no list of documents', Buffer.from('{"ref": 7}\n'), 'documents[0].ref'],
  ['no JSON', Buffer.from('"mem:/a"\nnonsense\n'), 'line 2 is not JSON'],
  ['Latin-1', Buffer.from('"mem:/\u00e9"\n', 'latin1'), 'it is not UTF-8 text'],
])('a list that is %s is refused at once, and shows nothing of what it holds', async (_what, bytes, message) => {
  const { plan, inbox, inboxUrl } = await setUp();
  await writeFile(join(inbox, 'list.jsonl'), bytes);
  const error: unknown = await plan({ documents: { list: `${inboxUrl}/list.jsonl` } }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApplicationFailure);
  expect(error).toMatchObject({ type: 'UnstructuredValidationError', nonRetryable: true });
  expect((error as Error).message).toContain(message);
  expect((error as Error).message).not.toContain('nonsense');
});

test.each([
  ['lasting', true],
  ['passing', false],
] as const)('a storage that fails in a %s way ends the attempt with a typed failure', async (kind, nonRetryable) => {
  const { records, plan } = await setUp();
  records.store = () => Promise.reject(new UnstructuredStorageError('The disk is gone', { kind }));
  await expect(plan()).rejects.toMatchObject({ type: 'UnstructuredTransferError', nonRetryable });
});

test.each<[string, ListedEntry[]]>([
  ['a reference', [{ ref: 'mem:/a?token=geheim', path: 'a', bytes: 1 }]],
  ['a path', [{ path: 'a?token=geheim', leftOut: 'symlink' }]],
])('no heartbeat shows a secret of %s', async (_what, entries) => {
  const { records } = await setUp();
  const secret: DocumentSource = {
    open: () => Promise.reject(new Error('nobody reads')),
    // eslint-disable-next-line @typescript-eslint/require-await
    async *list() {
      yield { entries };
    },
  };
  const { activities } = await withStorage({}, { sources: { mem: secret }, sinks: { mem: records } });
  const env = environment({});
  const told: unknown[] = [];
  env.on('heartbeat', (details: unknown) => told.push(details));
  await perform(activities, PLAN_JOBS, REQUEST, {}, env);
  expect(JSON.stringify(told)).not.toContain('geheim');
});

test('more jobs than a batch may have are refused, with what to do', async () => {
  const { plan } = await setUp();
  let told: { plan: { jobs: number } } | undefined;
  const first = environment({});
  first.on('heartbeat', (details: { plan: { jobs: number } }) => (told ??= details));
  await plan({}, first);
  const full = { ...told, plan: { ...told?.plan, jobs: 50_000, leftOut: {} } };
  await expect(plan({ key: 'other' }, environment({ attempt: 2, heartbeatDetails: full }))).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: expect.stringContaining('more than 50000 jobs') as string,
  });
});

test('a target with a secret is not told by an error of its sink', async () => {
  const { records, plan } = await setUp();
  const to = 'mem:/out?token=geheim';
  for (const error of [
    new UnstructuredStorageError(`no room in ${to}`, { kind: 'passing' }),
    new Error(`lost ${to}`),
  ]) {
    records.store = () => Promise.reject(error);
    const failure: unknown = await plan({ to }).catch((reason: unknown) => reason);
    expect((failure as Error).message).toMatch(/^(no room in|lost) mem:/);
    expect(JSON.stringify([failure, (failure as Error).message, (failure as Error).stack])).not.toContain('geheim');
  }
});

test('a list names a document once, however often it has its identity', async () => {
  const { records, plan, inbox, inboxUrl } = await setUp();
  const entries = [
    'mem:/a',
    { ref: 'mem:/a', name: 'b.pdf' },
    { ref: 'https://x.example/c?sig=1' },
    { ref: 'mem:/d', identity: 'mem:/a' },
    ...Array.from({ length: 1_200 }, () => 'mem:/a'),
    'mem:/e',
    'https://x.example/c?sig=1&z=2',
    { ref: 'mem:/a', identity: 'mem:/f' },
  ];
  await writeFile(join(inbox, 'list.jsonl'), entries.map((entry) => JSON.stringify(entry)).join('\n'));
  const { plan: made } = await plan({ documents: { list: `${inboxUrl}/list.jsonl` } });
  expect(jobsOf(records, made).flat()).toEqual([
    'mem:/a',
    'https://x.example/c?sig=1',
    'mem:/e',
    'https://x.example/c?sig=1&z=2',
    'mem:/a',
  ]);
  expect(made.leftOut).toEqual({ duplicate: 1_202 });
  expect(leftOutBy(records, made)[0]).toEqual({ path: 'mem:/a', reason: 'duplicate' });
});

test.each([
  ['listed', { from: 'mem:/in/' }, 'folder/long.pdf'],
  [
    'named',
    [
      { ref: 'mem:/doc-000', path: 'a/b.pdf' },
      { ref: 'mem:/x', path: 'folder/long.pdf' },
    ],
    'folder/long.pdf',
  ],
  ['named without a path', [{ ref: 'mem:/doc-000' }, { ref: 'mem:/x/folder/long.pdf' }], 'mem:/x/folder/long.pdf'],
])(
  'a document, %s, whose output has a name that its storage cannot hold, is left out',
  async (_how, documents, path) => {
    const { records, folder, plan } = await setUp(1);
    folder.entries.push({ ref: 'mem:/x', path: 'folder/long.pdf', bytes: 1, version: 'v' });
    Object.assign(records, { canStore: ({ name }: { name: string }) => name !== 'long.json' });
    const { plan: made } = await plan({ documents, name: '{path}/{stem}.json' });
    expect(jobsOf(records, made)).toEqual([['mem:/doc-000']]);
    expect(made.leftOut).toEqual({ badName: 1 });
    expect(leftOutBy(records, made)).toEqual([{ path, reason: 'badName' }]);
  },
);

test('a list that is not there is refused by name', async () => {
  const { plan, inboxUrl } = await setUp();
  const list = `${inboxUrl}/none.jsonl`;
  const error: unknown = await plan({ documents: { list } }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ type: 'UnstructuredDocumentRefusedError' });
  const refusal = { index: 0, reason: 'notFound', message: expect.stringContaining('none.jsonl') as string };
  expect((error as ApplicationFailure).details?.[0]).toMatchObject({ refused: [refusal], refusedTotal: 1 });
});

test('a list tells by its line what is wrong in it, however many lines come before', async () => {
  const { plan, inbox, inboxUrl } = await setUp();
  const list = `${inboxUrl}/list.jsonl`;
  await writeFile(join(inbox, 'list.jsonl'), `${'"mem:/a"\n'.repeat(2_500)}{"ref": 7}\n`);
  await expect(plan({ documents: { list } })).rejects.toThrow('after line 2000, Option documents[500].ref');
});

test('lines of a list that no memory holds are refused', async () => {
  const { plan, inbox, inboxUrl } = await setUp();
  await writeFile(join(inbox, 'list.jsonl'), `"mem:/${'a'.repeat(65 * 1_024 * 1_024)}"\n`);
  await expect(plan({ documents: { list: `${inboxUrl}/list.jsonl` } })).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: expect.stringContaining('its next 1000 lines are longer than 67108864 characters') as string,
  });
});

test('what an earlier manifest has as ok is left out, as long as its version is the same', async () => {
  const { records, plan } = await setUp(5);
  const earlier = 'mem:/earlier/_manifests/before/';
  const line = (n: number, status: string, version: string | null) =>
    JSON.stringify({ status, identity: `mem:/doc-00${n}`, version });
  const lines = [line(0, 'ok', 'v0'), line(1, 'failed', 'v1'), line(2, 'ok', 'other'), line(4, 'ok', null)];
  const manifest = { version: 1, counts: { documents: 4 }, parts: { count: 1 }, unlessIn: null, retryFailed: null };
  records.texts.set(`${earlier}manifest.json`, JSON.stringify(manifest));
  records.texts.set(`${earlier}manifest/${partName(1)}`, lines.join('\n'));
  const { plan: made } = await plan({ unlessIn: `${earlier}manifest.json` });
  expect(jobsOf(records, made)).toEqual([['mem:/doc-001', 'mem:/doc-002', 'mem:/doc-004']]);
  expect(made.leftOut).toEqual({ symlink: 1, unchanged: 1 });
  expect(leftOutBy(records, made)).toContainEqual({ path: 'doc-000', reason: 'unchanged' });
});

test('the manifest has the paths of the listing, though outputs are named by others, also after a retry', async () => {
  const { records, folder, plan } = await setUp(0);
  folder.entries = ['a.docx', 'a.pdf'].map((path) => ({ ref: `mem:/${path}`, path, bytes: 1, version: 'v' }));
  const list = [{ ref: 'mem:/b/x.md' }, { ref: 'mem:/c/x.md' }];
  for (const [documents, listed] of [
    [undefined, ['a.docx', 'a.pdf']],
    [list, [null, null]],
  ] as const) {
    const name = '{path}/{stem}.json';
    const { plan: made } = await plan({
      ...(documents && { documents: [...documents] }),
      name,
      digest: `${listed[0]}`,
    });
    const planned = plannedOf(records, made);
    expect(linesOfFailure(planned, SILENT, null).map(({ path }) => path)).toEqual(listed);
    expect(new Set(planned.map(({ path }) => path)).size).toBe(2);
    expect(planned.map(({ path }) => path)).not.toEqual(listed);
    const again = await withDistinctPaths(
      new Storage(),
      (async function* () {
        yield await Promise.resolve({ documents: planned, leftOut: [] });
      })(),
      { template: name, to: 'mem:/out/' },
    );
    for (const page of again)
      expect(linesOfFailure(page.documents, SILENT, null).map(({ path }) => path)).toEqual(
        page.documents.length > 0 ? listed : [],
      );
    records.texts.clear();
  }
});

test('what is left out as unchanged is listed by its path, though its output would be called otherwise', async () => {
  const { records, folder, plan } = await setUp(0);
  folder.entries = ['a.docx', 'a.pdf'].map((path) => ({ ref: `mem:/${path}`, path, bytes: 1, version: 'v' }));
  const earlier = 'mem:/earlier/_manifests/before/';
  const manifest = { version: 1, counts: { documents: 2 }, parts: { count: 1 }, unlessIn: null, retryFailed: null };
  const lines = folder.entries.map(({ path }) =>
    JSON.stringify({ status: 'ok', identity: `mem:/${path}`, version: 'v' }),
  );
  records.texts.set(`${earlier}manifest.json`, JSON.stringify(manifest));
  records.texts.set(`${earlier}manifest/${partName(1)}`, lines.join('\n'));
  const { plan: made } = await plan({ unlessIn: `${earlier}manifest.json`, name: '{path}/{stem}.json' });
  expect(leftOutBy(records, made)).toEqual(['a.docx', 'a.pdf'].map((path) => ({ path, reason: 'unchanged' })));
});

/** Writes the records of an earlier batch: lines of each part. Returns the location of its manifest. */
function putEarlier(
  records: Awaited<ReturnType<typeof setUp>>['records'],
  key: string,
  parts: Partial<ManifestLine>[][],
  more: Partial<Manifest> = {},
): string {
  const place = `mem:/earlier/_manifests/${key}/`;
  const counts = { documents: parts.flat().length };
  const manifest = { version: 1, counts, parts: { count: parts.length }, unlessIn: null, retryFailed: null, ...more };
  records.texts.set(`${place}manifest.json`, JSON.stringify(manifest));
  const planned = { version: 1, id: 'p', earlier: [], sizes: parts.map((lines) => lines.length) };
  records.texts.set(`${place}plan.json`, JSON.stringify(planned));
  for (const [index, lines] of parts.entries())
    records.texts.set(
      `${place}plan/p/${partName(index + 1)}`,
      toLines(lines.map(({ identity }) => ({ ref: identity }))),
    );
  for (const [index, lines] of parts.entries())
    records.texts.set(`${place}manifest/${partName(index + 1)}`, lines.map((line) => JSON.stringify(line)).join('\n'));
  return `${place}manifest.json`;
}

const lineOf = (n: number, status: ManifestLine['status'], more: Partial<ManifestLine> = {}) => ({
  status,
  identity: `mem:/doc-00${n}`,
  version: `v${n}`,
  unsettled: false,
  runId: 'run',
  ...more,
});

test('the parts of an earlier batch are read several at a time, and what failed stays in order', async () => {
  const { records, plan } = await setUp(5);
  const lines = [lineOf(0, 'failed'), lineOf(1, 'ok'), lineOf(2, 'missing')];
  const retryFailed = putEarlier(
    records,
    'night',
    lines.map((line) => [line]),
  );
  let asked = 0;
  records.read = async (target) => {
    if (placeText(target).includes('/plan/p/')) {
      asked++;
      await vi.waitFor(() => expect(asked).toBe(3));
    }
    return Records.prototype.read.call(records, target);
  };
  const { plan: made } = await plan({ documents: undefined, retryFailed });
  expect(jobsOf(records, made)).toEqual([['mem:/doc-000', 'mem:/doc-002']]);
});

test('a document that is unsettled is not sent again, unless a later manifest tells what became of it', async () => {
  const { records, plan } = await setUp(5);
  const unsettled = { unsettled: true };
  const first = putEarlier(records, 'night', [
    [lineOf(0, 'missing', unsettled), lineOf(1, 'missing', unsettled), lineOf(2, 'refused')],
    [lineOf(4, 'missing')],
  ]);
  const { plan: made } = await plan({ unlessIn: first });
  expect(jobsOf(records, made)).toEqual([['mem:/doc-002', 'mem:/doc-004']]);
  expect(made.leftOut).toEqual({ symlink: 1, unsettled: 2 });
  expect(leftOutBy(records, made)).toContainEqual({ path: 'doc-000', reason: 'unsettled' });

  const retry = putEarlier(records, 'retry', [[lineOf(0, 'failed'), lineOf(1, 'ok')]], { retryFailed: first });
  const { plan: later } = await plan({ unlessIn: retry });
  expect(jobsOf(records, later)).toEqual([['mem:/doc-000', 'mem:/doc-002', 'mem:/doc-004']]);
  expect(later.leftOut).toEqual({ symlink: 1, unchanged: 1 });
});

test('a plan says when its documents were listed, also if another attempt or a retry of the batch makes it', async () => {
  const { plan, records } = await setUp();
  let told: { plan: BatchPlan } | undefined;
  const first = environment({});
  first.on('heartbeat', (details: { plan: BatchPlan }) => (told ??= details));
  const begunAt = new Date().toISOString();
  const { plan: made } = await plan({}, first);
  expect(made.batch!.listedAt >= begunAt && made.batch!.listedAt <= new Date().toISOString()).toBe(true);
  const listedAt = '2026-03-01T02:00:00.000Z';
  const heartbeatDetails = { ...told, plan: { ...told!.plan, batch: { ...told!.plan.batch!, listedAt } } };
  expect((await plan({}, environment({ attempt: 2, heartbeatDetails }))).plan.batch).toMatchObject({ listedAt });

  const startedAt = '2026-03-02T02:00:00.000Z';
  const retryFailed = putEarlier(records, 'night', [[lineOf(0, 'failed')]], { startedAt });
  for (const name of [undefined, '{stem}.json'])
    expect((await plan({ documents: undefined, retryFailed, name })).plan.batch?.listedAt).toBe(startedAt);
  const place = retryFailed.replace('manifest.json', 'plan.json');
  records.texts.set(place, JSON.stringify({ ...JSON.parse(records.texts.get(place) ?? ''), batch: { listedAt } }));
  expect((await plan({ documents: undefined, retryFailed })).plan.batch).toMatchObject({ listedAt });
});

test('a batch that was resumed after a later one does not decide over it', async () => {
  const { records, plan } = await setUp(5);
  const first = putEarlier(records, 'first', [[lineOf(0, 'ok', { version: 'old' })]], {
    endedAt: '2026-03-05T02:00:00Z',
  });
  const second = putEarlier(records, 'second', [[lineOf(0, 'ok')]], {
    endedAt: '2026-03-02T02:00:00Z',
    unlessIn: first,
  });
  const third = putEarlier(records, 'third', [], { endedAt: '2026-03-03T02:00:00Z', unlessIn: second });
  for (const unlessIn of [second, third, [third, first]]) {
    const { plan: made } = await plan({ unlessIn, digest: [unlessIn].flat().join() });
    expect(jobsOf(records, made)).toEqual([['mem:/doc-001', 'mem:/doc-002', 'mem:/doc-004']]);
    records.texts.delete(`${FOLDER}plan.json`);
  }
});

test('of several manifests that do not name each other, the one that ended last decides', async () => {
  const { records, plan } = await setUp(5);
  const night = (day: number, more: Partial<Manifest> = {}) => ({ endedAt: `2026-03-0${day}T02:00:00Z`, ...more });
  const unsettled = { unsettled: true };
  const lines = [0, 1, 2].map((n) => lineOf(n, 'missing', unsettled));
  const first = putEarlier(records, 'first', [lines], night(1));
  const second = putEarlier(records, 'second', [[lineOf(4, 'ok')]], night(2, { unlessIn: first }));
  const settled = [lineOf(0, 'ok'), lineOf(1, 'failed')];
  const retry = putEarlier(records, 'retry', [settled], night(3, { retryFailed: first }));
  for (const unlessIn of [
    [second, retry],
    [retry, second],
  ]) {
    const { plan: made } = await plan({ unlessIn, digest: unlessIn.join() });
    expect(jobsOf(records, made)).toEqual([['mem:/doc-001']]);
    expect(made.leftOut).toEqual({ symlink: 1, unchanged: 2, unsettled: 1 });
  }
  const stale = putEarlier(records, 'stale', [[lineOf(1, 'missing', unsettled)]], night(1));
  const over = putEarlier(records, 'over', [], night(5, { unlessIn: retry }));
  const { plan: sent } = await plan({ unlessIn: [over, stale] });
  expect(jobsOf(records, sent)).toEqual([['mem:/doc-001', 'mem:/doc-004']]);
  const third = putEarlier(records, 'third', [], night(4, { unlessIn: second, alsoUnlessIn: [retry] }));
  expect((await plan({ unlessIn: third })).plan.leftOut).toEqual({ symlink: 1, unchanged: 2, unsettled: 1 });
});

test.each([
  ['gone', () => undefined, /part-00002\.jsonl .* it is not there/],
  ['empty', () => '', /part-00002\.jsonl .* it is empty/],
  ['cut', (lines: string) => lines.split('\n')[0], /part-00002\.jsonl .* it has 1 of 2 lines/],
])(
  'documents of an earlier manifest, of which a part is %s, are not paid for again',
  async (_what, damage, message) => {
    const { records, plan } = await setUp(5);
    const earlier = putEarlier(records, 'night', [
      [lineOf(0, 'ok'), lineOf(1, 'ok')],
      [lineOf(2, 'ok'), lineOf(4, 'failed')],
    ]);
    const later = putEarlier(records, 'later', [[lineOf(4, 'failed')]], { unlessIn: earlier });
    const place = earlier.replace('manifest.json', `manifest/${partName(2)}`);
    const damaged = damage(records.texts.get(place) ?? '');
    if (damaged === undefined) records.texts.delete(place);
    else records.texts.set(place, damaged);
    const refused = {
      type: 'UnstructuredValidationError',
      nonRetryable: true,
      message: expect.stringMatching(message) as string,
    };
    await expect(plan({ unlessIn: earlier })).rejects.toMatchObject(refused);
    await expect(plan({ unlessIn: later })).rejects.toMatchObject(refused);
    await expect(plan({ documents: undefined, retryFailed: earlier })).rejects.toMatchObject(refused);
  },
);

test('a document of a job that a run began, and told nothing of, is not sent again', async () => {
  const { records, plan } = await setUp(5);
  const notBegun = { runId: null };
  const earlier = putEarlier(records, 'night', [[lineOf(0, 'missing', notBegun)], [lineOf(1, 'missing', notBegun)]]);
  const begun = JSON.stringify({ workflowId: 'night/1', runId: 'later' });
  records.texts.set(earlier.replace('manifest.json', `begun/${partName(1)}`), begun);
  const { plan: made } = await plan({ unlessIn: earlier });
  expect(jobsOf(records, made)).toEqual([['mem:/doc-001', 'mem:/doc-002', 'mem:/doc-004']]);
  expect(made.leftOut).toEqual({ symlink: 1, unsettled: 1 });
});

test('a document whose outputs are there is unchanged, though a later job that has it is unsettled', async () => {
  const { records, plan } = await setUp(1);
  const first = putEarlier(records, 'night', [[lineOf(0, 'ok')], [lineOf(0, 'failed')]]);
  const retry = putEarlier(records, 'retry', [[lineOf(0, 'missing', { unsettled: true })]], { retryFailed: first });
  expect((await plan({ unlessIn: retry })).plan.leftOut).toEqual({ unchanged: 1 });
});

test('a document that is changed back is sent again: the outputs that are there are of another version', async () => {
  const { records, plan } = await setUp(5);
  const first = putEarlier(records, 'first', [[lineOf(0, 'ok'), lineOf(1, 'ok')]]);
  const second = putEarlier(
    records,
    'second',
    [[lineOf(0, 'ok', { version: 'other' }), lineOf(1, 'failed', { version: 'other' })]],
    { unlessIn: first },
  );
  const { plan: made } = await plan({ unlessIn: second });
  expect(jobsOf(records, made)).toEqual([['mem:/doc-000', 'mem:/doc-002', 'mem:/doc-004']]);
  expect(made.leftOut).toEqual({ symlink: 1, unchanged: 1 });
});

test('a plan of a version that this worker does not know is refused', async () => {
  const { records, plan } = await setUp();
  records.texts.set(`${FOLDER}plan.json`, JSON.stringify({ version: 2, digest: 'asked' }));
  await expect(plan()).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: expect.stringContaining('its version is 2, which this worker does not know') as string,
  });
});

test('a sink that never gives a record back, and heeds no signal, ends the attempt', async () => {
  const { records, plan } = await setUp();
  let asked: () => void;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  records.read = () => {
    asked();
    return new Promise(() => undefined);
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const planning = plan().catch((reason: unknown) => reason);
    await isAsked;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(String(await planning)).toContain('plan.json was not read');
  } finally {
    vi.useRealTimers();
  }
});
