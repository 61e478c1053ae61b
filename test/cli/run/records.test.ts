import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { BatchRecords } from '../../../activities/batch/records';
import { batchDigest } from '../../../src/core/batch/join';
import { type BatchCounts, NO_DOCUMENTS } from '../../../src/core/batch/manifest';
import { partName } from '../../../src/core/batch/records';
import type { DocumentStatus } from '../../../src/core/run/planned-job';
import { WrittenBatch } from '../../../src/cli/run/records';
import { Storage } from '../../../src/storage/storage';
import { temporaryFolder } from '../../testing/temporary-folder';

/** What a sink has, and how it was read. */
interface Reads {
  names: string[];
  atATime: number;
}

/** A batch of one document a job, whose parts come back in any order. */
function batchOf(statuses: DocumentStatus[]): { written: WrittenBatch; counts: BatchCounts; reads: Reads } {
  const reads: Reads = { names: [], atATime: 0 };
  let under = 0;
  const sink = {
    find: () => Promise.resolve(undefined),
    store: () => Promise.reject(new Error('nothing is stored')),
    read: async ({ name }: { name: string }) => {
      reads.names.push(name);
      reads.atATime = Math.max(reads.atATime, ++under);
      const part = Number(/\d+/.exec(name)?.[0]);
      await delay(part % 3);
      under--;
      return Readable.from([Buffer.from(JSON.stringify(lineOf(part, statuses[part - 1])))]);
    },
  };
  const place = { url: 'mem://out/' };
  const written = new WrittenBatch({ outputs: { sinks: { mem: sink } } }, 'batch', place, AbortSignal.timeout(60_000));
  const [documents, jobs] = [statuses.length, statuses.length];
  const ok = statuses.filter((status) => status === 'ok').length;
  return { written, counts: { ...NO_DOCUMENTS, documents, ok, failed: documents - ok, jobs, failedJobs: 0 }, reads };
}

function lineOf(part: number, status: DocumentStatus = 'ok') {
  const ref = `mem://in/${part}`;
  const unknown = { bytes: null, version: null, refusal: null, jobId: null, fileId: null };
  return { ref, path: null, identity: ref, ...unknown, status, reason: null, outputs: [] };
}

test('the first documents that are not ok are found in order, by parts that are read side by side', async () => {
  const { written, counts, reads } = batchOf(
    Array.from({ length: 1_000 }, (_, index) => (index < 700 ? 'ok' : 'failed')),
  );
  const found = await written.notOk(counts);
  expect(found.map(({ ref }) => ref)).toEqual(Array.from({ length: 10 }, (_, index) => `mem://in/${701 + index}`));
  expect(reads.atATime).toBe(50);
  expect(reads.names).toHaveLength(750);
});

test('once all that are not ok are found, no more parts are read', async () => {
  const { written, counts, reads } = batchOf(
    Array.from({ length: 1_000 }, (_, index) => (index === 60 ? 'missing' : 'ok')),
  );
  expect(await written.notOk(counts)).toMatchObject([{ ref: 'mem://in/61', status: 'missing' }]);
  expect(reads.names).toHaveLength(100);
});

test('no part is read that is not there', async () => {
  const { written, counts, reads } = batchOf(['ok', 'refused', 'failed']);
  expect((await written.notOk(counts)).map(({ status }) => status)).toEqual(['refused', 'failed']);
  expect(reads.names).toHaveLength(3);
});

test('a batch is planned once the plan of what it is asked for is there, and not by another one of its key', async () => {
  const folder = await temporaryFolder();
  const url = `${pathToFileURL(folder).href}/`;
  const input = { start: { templateId: 't' }, documents: { from: 'file:///in/' }, outputs: { to: url } };
  const written = new WrittenBatch({ outputs: { folders: [folder] } }, 'nov', { url }, AbortSignal.timeout(60_000));
  expect(await written.isPlanned(input)).toBe(false);
  const records = join(folder, '_manifests', 'nov');
  await mkdir(records, { recursive: true });
  const plan = { version: 1, id: 'a', jobs: 1, documents: 1, sizes: [1], leftOut: {} };
  await writeFile(join(records, 'plan.json'), JSON.stringify({ ...plan, digest: batchDigest(input) }));
  expect(await written.isPlanned({ ...input, parallel: 2 })).toBe(true);
  expect(await written.isPlanned({ ...input, start: { templateId: 'other' } })).toBe(false);
});

test('which jobs of a batch were begun is forgotten, wherever its records are, and nothing else', async () => {
  const folder = await temporaryFolder();
  const url = `${pathToFileURL(folder).href}/`;
  const writtenOf = (key: string) =>
    new WrittenBatch({ outputs: { folders: [folder] } }, key, { url }, AbortSignal.timeout(60_000));
  await writtenOf('nov').forgetBegunJobs(); // of a batch that has no plan yet
  const plan = { version: 1, id: 'a', earlier: [], digest: 'd', jobs: 3, documents: 3, sizes: [1, 1, 1], leftOut: {} };
  const run = JSON.stringify({ workflowId: 'nov/1', runId: 'run' });
  for (const key of ['nov', 'dec']) {
    for (const name of ['begun', 'manifest']) await mkdir(join(folder, '_manifests', key, name), { recursive: true });
    const write = (name: string, text: string) => writeFile(join(folder, '_manifests', key, name), text);
    await write('plan.json', JSON.stringify(plan));
    for (const part of [1, 3]) await write(`begun/${partName(part)}`, run);
    await write(`manifest/${partName(1)}`, JSON.stringify(lineOf(1)));
  }
  await writtenOf('nov').forgetBegunJobs();
  const storage = new Storage({ outputs: { folders: [folder] } });
  const told = async (key: string) => {
    const records = BatchRecords.of(storage, { to: url, key }, AbortSignal.timeout(60_000));
    const begun = await Promise.all([1, 2, 3].map((part) => records.begun(part)));
    return { begun: begun.map((one) => one?.runId), lines: (await records.lines(1))?.length };
  };
  expect(await told('nov')).toEqual({ begun: [undefined, undefined, undefined], lines: 1 });
  expect(await told('dec')).toEqual({ begun: ['run', undefined, 'run'], lines: 1 });
});
