// The end of a batch: parts that no run wrote say why their documents are missing.
import { expect, test } from 'vitest';
import { closeBatch } from '../../../activities/batch/close-batch';
import type { RecordsPort } from '../../../activities/batch/records';
import type { ManifestLine } from '../../../src/core/batch/manifest-lines';
import type { ManifestRequest } from '../../../src/core/batch/manifest';
import { parseLines, partName, planParts, recordsFolder, toLines } from '../../../src/core/batch/records';

const TO = 's3://out';
const KEY = 'nightly';
const FOLDER = recordsFolder(KEY);

/** A storage with a plan of three jobs, and the manifest's part of the first. */
function planned() {
  const texts = new Map<string, string>();
  for (const part of [1, 2, 3])
    texts.set(
      FOLDER + planParts('id') + partName(part),
      toLines([{ ref: `s3://in/${part}`, identity: `s3://in/${part}` }]),
    );
  const tell = (part: number, line: object) => texts.set(`${FOLDER}manifest/${partName(part)}`, toLines([line]));
  tell(1, { status: 'ok', identity: 's3://in/1' });
  const storage: RecordsPort = {
    readRecord: (_to, path) => Promise.resolve(texts.has(path) ? Buffer.from(texts.get(path)!) : undefined),
    writeRecord: (to, path, text) => {
      texts.set(path, text);
      return Promise.resolve({ location: `${to}/${path}`, bytes: text.length, sha256: '' });
    },
  };
  const linesOf = (part: number) =>
    parseLines(texts.get(`${FOLDER}manifest/${partName(part)}`) ?? '') as ManifestLine[];
  return { storage, linesOf, tell };
}

const REQUEST: ManifestRequest = {
  to: TO,
  key: KEY,
  plan: { id: 'id', earlier: [] },
  jobs: 3,
  begunJobs: 2,
  failedJobs: 1,
  withoutResult: [],
  startedAt: '2026-11-01T00:00:00.000Z',
  endedAt: '2026-11-01T01:00:00.000Z',
  outcome: 'completed',
  uncertainStarts: [],
  leftOut: {},
  options: {},
};

test.each([
  ['completed', 'its job was not started'],
  ['stopped', 'its job was not started: the batch was stopped before'],
  ['cancelled', 'its job was not started: the batch was cancelled'],
] as const)('of a batch that is %s, a job that was begun is told from one that was not', async (outcome, notBegun) => {
  const { storage, linesOf } = planned();
  const { counts } = await closeBatch(
    storage,
    { ...REQUEST, outcome, withoutResult: [2] },
    new AbortController().signal,
  );
  expect(counts).toEqual({ documents: 3, ok: 1, failed: 0, refused: 0, missing: 2, jobs: 3, failedJobs: 1 });
  expect([1, 2, 3].map((part) => linesOf(part).map(({ status, reason }) => [status, reason]))).toEqual([
    [['ok', undefined]],
    [['missing', 'the run of its job ended without a result']],
    [['missing', notBegun]],
  ]);
});

test('of a job that told what became of its documents, and whose part is gone, nothing is claimed', async () => {
  const { storage, linesOf } = planned();
  const { counts } = await closeBatch(storage, { ...REQUEST, begunJobs: 3 }, new AbortController().signal);
  expect(counts).toMatchObject({ ok: 1, missing: 2 });
  const gone = { status: 'missing', reason: 'the part of the manifest that the run of its job wrote is gone' };
  expect([2, 3].map(linesOf)).toMatchObject([[gone], [gone]]);
});

test('of a job whose run ended without a result, what its part says is older, but for a document that is ok', async () => {
  const { storage, linesOf, tell } = planned();
  tell(2, { status: 'failed', identity: 's3://in/2', reason: 'of an earlier run', jobId: 'earlier' });
  const { counts } = await closeBatch(storage, { ...REQUEST, withoutResult: [1, 2] }, new AbortController().signal);
  expect(counts).toMatchObject({ ok: 1, failed: 0, missing: 2 });
  expect(linesOf(2)).toMatchObject([
    { status: 'missing', reason: 'the run of its job ended without a result', jobId: null },
  ]);
});
