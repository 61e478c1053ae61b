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

/** Each document is once in the manifest, as good, with its output, and in one job. */
export async function expectEachOnce(api: FakeUnstructured, { to, input }: Batch): Promise<void> {
  const { parts } = await readRecords(to, input.key);
  const lines = parts.flat();
  const refs = (input.documents as { ref: string }[]).map(({ ref }) => ref);
  expect(lines.map(({ ref }) => ref)).toEqual(refs);
  expect(lines.filter(({ status, outputs }) => status !== 'ok' || outputs.length !== 1)).toEqual([]);
  expect(new Set(lines.map(({ outputs }) => outputs[0]?.location)).size).toBe(refs.length);
  expect(api.jobs).toHaveLength(parts.length);
}
