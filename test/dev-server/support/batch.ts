import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type TestContext } from 'vitest';
import { startRunJobs, type StartRunJobsOptions } from '../../../src';
import type { FakeUnstructured } from '../../../src/testing';
import { comparable, expectWhole, uploadsOf } from '../../support/batch-outcomes';
import { readRecords, type BatchRecordsView } from '../../support/batches';
import { temporaryFolder } from '../../testing/temporary-folder';
import { OFTEN, type Setup } from './dev-server';
import { startStoringWorker } from './storing-worker';

export interface Batch {
  folder: string;
  to: string;
  input: StartRunJobsOptions;
}

/** A batch of so many documents, which nobody has started. */
export async function batchOf(
  { queue }: Setup,
  count: number,
  onFinished: TestContext['onTestFinished'],
  options: Partial<StartRunJobsOptions> = {},
): Promise<Batch> {
  const folder = await temporaryFolder(onFinished);
  await mkdir(join(folder, 'in'));
  const names = Array.from({ length: count }, (_, n) => `doc-${String(n).padStart(4, '0')}.txt`);
  for (const name of names) await writeFile(join(folder, 'in', name), `text of ${name}`);
  const to = pathToFileURL(join(folder, 'out')).href;
  const documents = names.map((name) => ({ ref: pathToFileURL(join(folder, 'in', name)).href }));
  const input = {
    key: `batch-${queue}`,
    taskQueue: queue,
    start: { templateId: 't' },
    documents,
    outputs: { to },
    ...OFTEN,
    ...options,
  } as StartRunJobsOptions;
  return { folder, to, input };
}

/**
 * Each document is once in the manifest, and in one job at most. It is good, with its output, which is whole, or missing where its part's start is uncertain:
 * nobody can know of a start whose worker died as it was sent.
 */
export async function expectEachOnce(api: FakeUnstructured, { to, input }: Batch): Promise<void> {
  const records = await readRecords(to, input.key);
  const { parts, manifest } = records;
  const uncertain = manifest.unsettledJobs.map(({ part }) => part);
  const refs = (input.documents as { ref: string }[]).map(({ ref }) => ref);
  expect(parts.flat().map(({ ref }) => ref)).toEqual(refs);
  for (const [index, lines] of parts.entries()) {
    const expected = uncertain.includes(index + 1) ? ['missing', 0] : ['ok', 1];
    for (const { status, outputs } of lines) expect([status, outputs.length]).toEqual(expected);
  }
  await expectWhole(to, records);
  const jobs = parts.filter((_, index) => !uncertain.includes(index + 1)).map(([line]) => line!.jobId);
  expect(new Set(jobs).size).toBe(jobs.length);
  expect(api.jobs.map(({ id }) => id)).toEqual(expect.arrayContaining(jobs));
  // The texts of the documents differ.
  const uploads = uploadsOf(api);
  expect(new Set(uploads).size).toBe(uploads.length);
}

/** What the records of a batch say, wherever and whenever it runs. */
export async function comparableRecords({ folder, to, input }: Batch): Promise<BatchRecordsView> {
  return comparable(await readRecords(to, input.key), folder);
}

/** Runs a batch whose worker nobody kills. */
export async function runUndisturbed(
  setup: Setup,
  count: number,
  onFinished: TestContext['onTestFinished'],
  options: Partial<StartRunJobsOptions>,
): Promise<BatchRecordsView> {
  const batch = await batchOf(setup, count, onFinished, options);
  await startStoringWorker(setup, batch.folder);
  await (await startRunJobs(setup.client, batch.input)).result();
  return comparableRecords(batch);
}

/** The batch came to the records of another one of the same documents. Where a start is uncertain, those of the other jobs. */
export async function expectSameRecords(batch: Batch, other: BatchRecordsView): Promise<void> {
  const { manifest, parts } = await comparableRecords(batch);
  const uncertain = manifest.unsettledJobs.map(({ part }) => part);
  const isSettled = (_: unknown, index: number) => !uncertain.includes(index + 1);
  expect(parts.filter(isSettled)).toEqual(other.parts.filter(isSettled));
  if (uncertain.length === 0) expect(manifest).toEqual(other.manifest);
}
