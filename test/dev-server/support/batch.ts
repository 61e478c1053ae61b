import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type TestContext } from 'vitest';
import type { StartRunJobsOptions } from '../../../src';
import type { FakeUnstructured } from '../../../src/testing';
import { readRecords } from '../../support/batches';
import { temporaryFolder } from '../../testing/temporary-folder';
import { OFTEN, type Setup } from './dev-server';

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
 * Each document is once in the manifest, and in one job at most. It is good, with its output, or missing where its part's start is uncertain:
 * nobody can know of a start whose worker died as it was sent.
 */
export async function expectEachOnce(api: FakeUnstructured, { to, input }: Batch): Promise<void> {
  const { parts, manifest } = await readRecords(to, input.key);
  const uncertain = manifest.unsettledJobs.map(({ part }) => part);
  const refs = (input.documents as { ref: string }[]).map(({ ref }) => ref);
  expect(parts.flat().map(({ ref }) => ref)).toEqual(refs);
  for (const [index, lines] of parts.entries()) {
    const expected = uncertain.includes(index + 1) ? ['missing', 0] : ['ok', 1];
    for (const { status, outputs } of lines) expect([status, outputs.length]).toEqual(expected);
  }
  const locations = parts.flat().flatMap(({ outputs }) => outputs.map(({ location }) => location));
  expect(new Set(locations).size).toBe(locations.length);
  const jobs = parts.filter((_, index) => !uncertain.includes(index + 1)).map(([line]) => line!.jobId);
  expect(new Set(jobs).size).toBe(jobs.length);
  expect(api.jobs.map(({ id }) => id)).toEqual(expect.arrayContaining(jobs));
  // The texts of the documents differ.
  const uploads = api.jobs.flatMap((job) => job.uploads.map(({ sha256 }) => sha256));
  expect(new Set(uploads).size).toBe(uploads.length);
}
