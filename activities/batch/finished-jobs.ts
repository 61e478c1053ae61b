import { addCounts, countStatuses, NO_DOCUMENTS } from '../../src/core/batch/manifest';
import { type BatchPlan, rangesOf, type SettledJobs } from '../../src/core/batch/plan';
import { type BatchRecords, forEachPart } from './records';

/**
 * Jobs of a plan that an earlier run of its batch brought through: those with a document that is ok, which only the result of a job tells. By
 * the manifest, so that they are known however long ago that run was.
 */
export async function settledJobs(
  records: BatchRecords,
  { jobs }: BatchPlan,
  signal: AbortSignal,
): Promise<SettledJobs> {
  const settled: number[] = [];
  let counts = NO_DOCUMENTS;
  await forEachPart(jobs, signal, async (part) => {
    const statuses = countStatuses((await records.lines(part)) ?? []);
    if (statuses.ok === 0) return;
    settled.push(part);
    counts = addCounts(counts, statuses);
  });
  return { ranges: rangesOf(settled.sort((a, b) => a - b)), jobs: settled.length, counts };
}
