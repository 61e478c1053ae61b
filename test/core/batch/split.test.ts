import { expect, test } from 'vitest';
import type { PlannedDocument } from '../../../src/core/batch/records';
import { JobSplitter } from '../../../src/core/batch/split';

const documentsOf = (sizes: (number | undefined)[]): PlannedDocument[] =>
  sizes.map((bytes, index) => ({ ref: `file:///${index}`, bytes }));

function split(
  documents: PlannedDocument[],
  perJob: number,
  maxJobBytes: number,
  breakAt = Infinity,
): PlannedDocument[][] {
  const jobs: PlannedDocument[][] = [];
  let splitter = new JobSplitter({ perJob, maxJobBytes });
  documents.forEach((document, index) => {
    if (index === breakAt) splitter = new JobSplitter({ perJob, maxJobBytes }, splitter.open);
    const full = splitter.add(document);
    if (full) jobs.push(full);
  });
  const last = splitter.close();
  return last ? [...jobs, last] : jobs;
}

test.each([
  ['nothing', [], 10, 100, []],
  ['fewer than a job takes', [1, 1], 10, 100, [2]],
  ['as many as a job takes', [1, 1, 1], 3, 100, [3]],
  ['one more', [1, 1, 1, 1], 3, 100, [3, 1]],
  ['one in each', [1, 1, 1], 1, 100, [1, 1, 1]],
  ['as many bytes as a job takes', [50, 50, 50], 10, 100, [2, 1]],
  ['a byte more', [50, 51, 50], 10, 100, [1, 1, 1]],
  ['one that is larger than a job', [10, 500, 10], 10, 100, [1, 1, 1]],
  ['sizes that nobody knows', [undefined, undefined, undefined], 2, 100, [2, 1]],
])('%s', (_what, sizes, perJob, maxJobBytes, expected) => {
  expect(split(documentsOf(sizes), perJob, maxJobBytes).map((job) => job.length)).toEqual(expected);
});

test('every document is in one job, in order, within the bounds, wherever the splitting is taken up again', () => {
  const sizes = Array.from({ length: 60 }, (_, n) => ((n * 7_919) % 45) + 1);
  const documents = documentsOf(sizes);
  for (const perJob of [1, 2, 3, 10])
    for (const maxJobBytes of [1, 40, 100, 1_000]) {
      const jobs = split(documents, perJob, maxJobBytes);
      expect(jobs.flat()).toEqual(documents);
      for (const job of jobs) {
        const bytes = job.reduce((sum, { bytes: size = 0 }) => sum + size, 0);
        expect(job.length).toBeLessThanOrEqual(perJob);
        expect(job.length === 1 || bytes <= maxJobBytes).toBe(true);
      }
      for (let at = 0; at < documents.length; at++) expect(split(documents, perJob, maxJobBytes, at)).toEqual(jobs);
    }
});
