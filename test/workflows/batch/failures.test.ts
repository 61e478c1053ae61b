// What fails takes nothing else down, and stands in the manifest.
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import type { DocumentSource } from '../../../src/storage/source';
import { expectWhole } from '../../support/batch-outcomes';
import { type BatchSetup, useBatches } from '../../support/batches';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

const START = { start: { templateId: 'hi_res_partition' }, ...RARELY };

test('the documents of a job that failed are failed, and those of the others are good', async () => {
  await withBatches(
    async ({ api, documents, startBatch, records, to, env }) => {
      const input = { ...START, documents: await documents(6), outputs: { to }, perJob: 2, parallel: 1 };
      const handle = await startBatch(input, 'failures-1');
      await env.sleep('30 minutes');
      api.setStartedJobs({ timeline: [['IN_PROGRESS', '1h'], ['FAILED']] });
      await env.sleep('1 hour');
      api.setStartedJobs({ timeline: [['COMPLETED']] });
      const { counts } = await handle.result();
      expect(counts).toEqual({ documents: 6, ok: 4, failed: 2, refused: 0, missing: 0, jobs: 3, failedJobs: 1 });
      const { parts } = await records('failures-1');
      expect(parts.map((lines) => lines.map(({ status }) => status))).toEqual([
        ['ok', 'ok'],
        ['failed', 'failed'],
        ['ok', 'ok'],
      ]);
      expect(parts[1]?.[0]).toMatchObject({
        reason: expect.stringContaining('UnstructuredJobFailedError') as unknown,
        jobId: api.jobs[1]?.id,
        outputs: [],
      });
    },
    { fake: { startedJobs: { timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] } } },
  );
});

test('a document that may not be read is refused, wherever it stands, and the rest is parsed', async () => {
  await withBatches(async ({ documents, runBatch, records, to, inbox }) => {
    const good = await documents(5);
    const [a, b, c, d, e] = Array.from({ length: 5 }, (_, n) => ({
      ref: pathToFileURL(`${inbox}/none-${n}.txt`).href,
    }));
    const given = [a!, ...good.slice(0, 3), b!, ...good.slice(3), c!, d!, e!];
    const { counts } = await runBatch({ ...START, documents: given, outputs: { to }, perJob: 3 }, 'failures-2');
    expect(counts).toEqual({ documents: 10, ok: 5, failed: 0, refused: 5, missing: 0, jobs: 4, failedJobs: 1 });
    const { parts } = await records('failures-2');
    expect(parts.flat().map(({ status }) => status)).toEqual(
      given.map((one) => (good.includes(one) ? 'ok' : 'refused')),
    );
    expect(parts.flat()[0]).toMatchObject({ refusal: 'notFound', jobId: null, fileId: null });
  });
});

test('a document that a list names several times is sent once', async () => {
  await withBatches(async ({ api, documents, runBatch, records, to }) => {
    const [one, other] = (await documents(2)) as [{ ref: string }, { ref: string }];
    const again = { ...one, name: 'again.pdf' };
    const given = [one, one, other, again, one];
    const { counts } = await runBatch({ ...START, documents: given, outputs: { to }, perJob: 2 }, 'failures-twice');
    expect(counts).toMatchObject({ documents: 2, ok: 2, jobs: 1 });
    expect(api.jobs).toHaveLength(1);
    const { parts, manifest } = await records('failures-twice');
    expect(parts.flat().map(({ ref }) => ref)).toEqual([one.ref, other.ref]);
    expect(manifest.leftOut).toEqual({ duplicate: 3 });
  });
});

test('a batch that is started under an id too long for its runs fails at once', async () => {
  await withBatches(async ({ documents, startBatch, to }) => {
    const handle = await startBatch({ ...START, documents: await documents(1), outputs: { to } }, 'k'.repeat(995));
    const { message } = await failureOf('UnstructuredValidationError', handle.result());
    expect(message).toBe('Option key is longer than 990 bytes.');
  });
});

/** Kinds of bad documents: what is written and asked for, and how its line ends. */
const KINDS: [what: string, bad: (setup: BatchSetup) => Promise<{ ref: string }>, line: object][] = [
  [
    'that is not there',
    ({ inbox }) => Promise.resolve({ ref: pathToFileURL(`${inbox}/none.txt`).href }),
    { status: 'refused', refusal: 'notFound' },
  ],
  [
    'of a folder that is not allowed',
    () => Promise.resolve({ ref: 'file:///etc/hostname' }),
    { status: 'refused', refusal: 'folderNotAllowed' },
  ],
  ['that is empty', ({ document }) => document('bad.txt', ''), { status: 'refused', refusal: 'empty' }],
  [
    'that is too large',
    ({ document }) => document('bad.txt', 'x'.repeat(101)),
    { status: 'refused', refusal: 'tooLarge' },
  ],
  [
    'of a scheme that is not allowed',
    () => Promise.resolve({ ref: 'ftp://example.com/bad.txt' }),
    { status: 'refused', refusal: 'schemeNotAllowed' },
  ],
  [
    'of an origin that is not allowed',
    () => Promise.resolve({ ref: 'https://example.com/bad.txt' }),
    { status: 'refused', refusal: 'originNotAllowed' },
  ],
  [
    'of a name that leads to a private address',
    () => Promise.resolve({ ref: `${PRIVATE}/bad.txt` }),
    { status: 'refused', refusal: 'addressNotAllowed' },
  ],
  [
    'whose credential is refused',
    () => Promise.resolve({ ref: 'locked:bad.txt' }),
    { status: 'refused', refusal: 'credentialRefused' },
  ],
  [
    'that is a folder',
    ({ inbox }) => Promise.resolve({ ref: pathToFileURL(inbox).href }),
    { status: 'refused', refusal: 'notAFile' },
  ],
  [
    'whose reference is malformed',
    () => Promise.resolve({ ref: 'https://user:secret@localhost/bad.txt' }),
    { status: 'refused', refusal: 'malformed' },
  ],
  ['that the API fails', ({ document }) => document('bad.txt'), { status: 'failed', refusal: null }],
];

const PRIVATE = 'https://localhost';
const locked: DocumentSource = {
  open: () => Promise.reject(new UnstructuredStorageError('the key expired', { kind: 'credential' })),
};

/** First, in the middle and last of the first job, and of the last one. */
const POSITIONS = [0, 1, 2, 6, 7, 8];
const BAD = KINDS.flatMap(([what, bad, line], kind) =>
  POSITIONS.map((_, n): [string, number, typeof bad, object] => [
    what,
    POSITIONS[(n + kind) % POSITIONS.length]!,
    bad,
    line,
  ]),
);

test.each(sample(BAD, KINDS.length))('one document %s, at %i, takes no other down', async (what, at, bad, line) => {
  await withBatches(
    async (setup) => {
      const { documents, runBatch, records, to } = setup;
      const given: { ref: string }[] = await documents(8);
      given.splice(at, 0, await bad(setup));
      const key = `one ${what} ${at}`.replaceAll(' ', '-');
      const input = { ...START, documents: given, outputs: { to }, perJob: 3, maxDocumentBytes: 100 };
      const { counts } = await runBatch(input, key);
      expect(counts).toMatchObject({ documents: 9, ok: 8, missing: 0, jobs: 3, failedJobs: 0 });
      const told = await records(key);
      expect(told.parts.flat()).toMatchObject(
        given.map(({ ref }, index) => (index === at ? line : { ref, status: 'ok', refusal: null })),
      );
      await expectWhole(to, told);
    },
    {
      fake: { startedJobs: { timeline: ['COMPLETED'], failedFiles: { 'bad.txt': 'encrypted' } } },
      plugin: { documents: { origins: [PRIVATE], sources: { locked } } },
    },
  );
});

test('a document that always breaks off is refused within minutes, and the others of its job are parsed', async () => {
  const open: DocumentSource['open'] = (ref) => {
    async function* stream() {
      yield await Promise.resolve(Buffer.from('begin '));
      if (ref === 'm:4.txt') throw new Error('the connection was lost');
      yield Buffer.from('end');
    }
    return Promise.resolve({ bytes: undefined, stream });
  };
  const plugin = { documents: { sources: { m: { open } } } };
  await withBatches(
    async ({ runBatch, records, to }) => {
      const documents = Array.from({ length: 10 }, (_, n) => ({ ref: `m:${n}.txt` }));
      const { counts } = await runBatch({ ...START, documents, outputs: { to } }, 'failures-broken');
      expect(counts).toEqual({ documents: 10, ok: 9, failed: 0, refused: 1, missing: 0, jobs: 1, failedJobs: 0 });
      const { manifest, parts } = await records('failures-broken');
      const tookMs = Date.parse(manifest.endedAt) - Date.parse(manifest.startedAt);
      expect(tookMs, 'in the time of the server').toBeLessThan(30 * 60_000);
      expect(parts[0]?.[4]).toMatchObject({
        status: 'refused',
        refusal: 'notReadable',
        reason: expect.stringMatching(/the connection was lost, in \d+ sends since /) as unknown,
        jobId: null,
      });
    },
    { plugin },
  );
});

test('once more failed than is tolerated, no other job starts, and the failure tells where the manifest is', async () => {
  await withBatches(
    async ({ api, documents, runBatch, records, to }) => {
      const input = {
        ...START,
        documents: await documents(10),
        outputs: { to },
        perJob: 1,
        parallel: 2,
        tolerated: 0.2,
      };
      const { details, message } = await failureOf('UnstructuredBatchFailedError', runBatch(input, 'failures-3'));
      const { counts, manifest } = details;
      expect(api.jobs.length).toBeLessThanOrEqual(4);
      expect(counts).toMatchObject({ documents: 10, ok: 0, failed: api.jobs.length, missing: 10 - api.jobs.length });
      expect(message).toContain(manifest.location);
      const { manifest: told, parts } = await records('failures-3');
      expect(told).toMatchObject({ outcome: 'stopped', counts });
      expect(parts).toHaveLength(10);
      expect(parts[9]).toMatchObject([
        { status: 'missing', reason: expect.stringContaining('not started') as unknown },
      ]);
    },
    { fake: { startedJobs: { timeline: [['IN_PROGRESS', '8s'], ['FAILED']] } } },
  );
});
