import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RunJobsInput } from '../../src/common/inputs';
import type { ManifestLine } from '../../src/core/batch/manifest-lines';
import type { Manifest } from '../../src/core/batch/manifest';
import { recordsFolder } from '../../src/core/batch/records';
import type { RunJobsResult } from '../../src/core/batch/result';
import { useRuns, type RunSetup } from './runs';
import { QUEUE, type RunOptions } from './time-skipping';

export interface BatchSetup extends RunSetup {
  /** Writes documents, and returns them as a list. */
  documents: (count: number) => Promise<{ ref: string }[]>;
  startBatch: (input: RunJobsInput, key?: string) => Promise<BatchHandle>;
  runBatch: (input: RunJobsInput, key?: string) => Promise<RunJobsResult>;
  /** What stands in the records of a batch. */
  records: (key: string) => Promise<BatchRecordsView>;
}

export type BatchHandle = Awaited<ReturnType<typeof startBatch>>;

export interface BatchRecordsView {
  manifest: Manifest;
  /** Lines of each part, in order. */
  parts: ManifestLine[][];
}

let batches = 0;

/** As `useRuns`, for batches. */
export function useBatches() {
  const withRuns = useRuns();
  return function withBatches<T>(fn: (setup: BatchSetup) => Promise<T>, options: RunOptions = {}): Promise<T> {
    return withRuns((setup) => {
      const start: BatchSetup['startBatch'] = (input, key) => startBatch(setup, input, key);
      return fn({
        ...setup,
        documents: (count) =>
          Promise.all(Array.from({ length: count }, (_, n) => setup.document(`doc-${String(n).padStart(4, '0')}.txt`))),
        startBatch: start,
        runBatch: async (input, key) => (await start(input, key)).result(),
        records: (key) => readRecords(setup.to, key),
      });
    }, options);
  };
}

/** Reads what a batch left under its outputs. */
export async function readRecords(to: string, key: string): Promise<BatchRecordsView> {
  const folder = fileURLToPath(`${to}/${recordsFolder(key)}`);
  const names = (await readdir(`${folder}manifest`)).filter((name) => name.endsWith('.jsonl')).sort();
  const parts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`${folder}manifest/${name}`, 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ManifestLine);
    }),
  );
  return { manifest: JSON.parse(await readFile(`${folder}manifest.json`, 'utf8')) as Manifest, parts };
}

function startBatch({ env }: RunSetup, input: RunJobsInput, workflowId = `batch-${++batches}`) {
  return env.client.workflow.start<(input: RunJobsInput) => Promise<RunJobsResult>>('runJobs', {
    taskQueue: QUEUE,
    workflowId,
    args: [input],
  });
}
