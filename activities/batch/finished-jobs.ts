import { addCounts, countStatuses, NO_DOCUMENTS } from '../../src/core/batch/manifest';
import { type BatchPlan, toRanges, type FinishedJobs } from '../../src/core/batch/plan';
import { forEachPart } from './for-each-part';
import type { BatchRecords } from './records';

/**
 * Jobs of a plan that an earlier run of its batch finished: those with a document that is ok, which only the result of a job tells. By
 * the manifest, so that they are known however long ago that run was.
 */
export async function finishedJobs(
  records: BatchRecords,
  { jobs }: BatchPlan,
  signal: AbortSignal,
): Promise<FinishedJobs> {
  const finished: number[] = [];
  let counts = NO_DOCUMENTS;
  await forEachPart(jobs, signal, async (part) => {
    const statuses = countStatuses((await records.lines(part)) ?? []);
    if (statuses.ok === 0) return;
    finished.push(part);
    counts = addCounts(counts, statuses);
  });
  return { ranges: toRanges(finished.sort((a, b) => a - b)), jobs: finished.length, counts };
}
