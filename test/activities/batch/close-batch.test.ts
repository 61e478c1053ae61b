// The end of a batch: parts that no run wrote say why their documents are missing.
import { expect, test } from 'vitest';
import { closeBatch } from '../../../activities/batch/close-batch';
import type { RecordsPort } from '../../../activities/batch/records';
import type { ManifestRequest } from '../../../src/core/batch/manifest';
import { PLACE, plannedRecords } from './planned-records';

const REQUEST: ManifestRequest = {
  ...PLACE,
  plan: { id: 'id', earlier: [] },
  jobs: 3,
  failedJobs: 1,
  startedAt: '2026-11-01T00:00:00.000Z',
  endedAt: '2026-11-01T01:00:00.000Z',
  outcome: 'completed',
  leftOut: {},
  options: {},
};

const close = (storage: RecordsPort, more: Partial<ManifestRequest> = {}) =>
  closeBatch(
    storage,
    { ...REQUEST, ...more },
    { signal: new AbortController().signal, beforeWrite: () => Promise.resolve() },
  );

const SILENT = 'the run of its job ended without a result. It may have started a job: look for it before its documents';

test.each([
  ['completed', 'its job was not started'],
  ['stopped', 'its job was not started: the batch was stopped before'],
  ['cancelled', 'its job was not started: the batch was cancelled'],
] as const)('of a batch that is %s, a job that was begun is told from one that was not', async (outcome, notBegun) => {
  const { storage, linesOf, begin, manifest } = plannedRecords();
  begin(2, 'second');
  const { counts } = await close(storage, { outcome });
  expect(counts).toEqual({ documents: 3, ok: 1, failed: 0, refused: 0, missing: 2, jobs: 3, failedJobs: 1 });
  const silent = expect.stringContaining(SILENT) as string;
  expect(linesOf(2)).toMatchObject([
    { status: 'missing', reason: silent, unsettled: true, jobId: null, workflowId: 'nightly/2', runId: 'second' },
  ]);
  expect(linesOf(3)).toMatchObject([
    { status: 'missing', reason: notBegun, unsettled: false, jobId: null, workflowId: null, runId: null },
  ]);
  expect(manifest().unsettledJobs).toEqual([{ part: 2, workflowId: 'nightly/2', jobId: null, message: silent }]);
});

test('what the part of a job tells is older if the run that began it last did not write it, unless a document is ok', async () => {
  const { storage, linesOf, tell, begin } = plannedRecords();
  tell(2, { status: 'failed', identity: 's3://in/2', reason: 'of an earlier run', runId: 'first' });
  for (const part of [1, 2]) begin(part, 'second');
  expect((await close(storage)).counts).toMatchObject({ ok: 1, failed: 0, missing: 2 });
  expect(linesOf(2)).toMatchObject([{ status: 'missing', unsettled: true, runId: 'second' }]);
});

test('what earlier runs of the batch told of jobs that this one did not begin stays, and counts', async () => {
  const { storage, tell, begin, manifest } = plannedRecords();
  const unsettled = { status: 'missing', reason: 'lost', unsettled: true, jobId: 'j', workflowId: 'nightly/2' };
  tell(2, { ...unsettled, identity: 's3://in/2', runId: 'earlier' });
  tell(3, { status: 'failed', identity: 's3://in/3', reason: 'broken', unsettled: false, runId: 'earlier' });
  for (const part of [2, 3]) begin(part, 'earlier');
  expect((await close(storage)).counts).toMatchObject({ ok: 1, failed: 1, missing: 1 });
  expect(manifest().unsettledJobs).toEqual([{ part: 2, workflowId: 'nightly/2', jobId: 'j', message: 'lost' }]);
});

test('at most a hundred unsettled jobs are listed, in the order of the plan, and all are counted', async () => {
  const { storage, tell, manifest } = plannedRecords();
  for (let part = 1; part <= 110; part++) tell(part, { status: 'missing', identity: 'x', reason: '', unsettled: true });
  await close(storage, { jobs: 110 });
  expect(manifest().unsettledJobs.map(({ part }) => part)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  expect(manifest().unsettledJobsTotal).toBe(110);
});

test('nothing is written once the batch awaits it no more', async () => {
  const { storage, linesOf, begin } = plannedRecords();
  begin(2, 'second');
  const beforeWrite = () => Promise.reject(new Error('no heartbeat'));
  const closing = closeBatch(storage, REQUEST, { signal: new AbortController().signal, beforeWrite });
  await expect(closing).rejects.toThrow('no heartbeat');
  expect([2, 3].flatMap(linesOf)).toEqual([]);
});

test('what a run tells of its job while the batch is closed stays, and counts', async () => {
  const { storage, linesOf, tell, begin } = plannedRecords();
  begin(2, 'second');
  const beforeWrite = () => {
    tell(2, { status: 'ok', identity: 's3://in/2', runId: 'second' });
    return Promise.resolve();
  };
  const { counts } = await closeBatch(storage, REQUEST, { signal: new AbortController().signal, beforeWrite });
  expect(counts).toMatchObject({ ok: 2, missing: 1 });
  expect(linesOf(2)).toMatchObject([{ status: 'ok' }]);
});
