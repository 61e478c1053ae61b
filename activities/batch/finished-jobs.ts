import { addCounts, countStatuses, NO_DOCUMENTS } from '../../src/core/batch/manifest';
import { type BatchPlan, toRanges, type FinishedJobs } from '../../src/core/batch/plan';
import { forEachPart } from './for-each-part';
import type { BatchRecords } from './records';

/**
 * Jobs of a plan that an earlier run of the batch finished. A job counts as finished if one of its documents is `ok`, because only a job's result
 * gives that status. The manifest is read, so that the jobs are known however long ago that run was.
 */
export async function finishedJobs(
  records: BatchRecords,
  { jobs, sizes }: BatchPlan,
  signal: AbortSignal,
): Promise<FinishedJobs> {
  const finished: number[] = [];
  let counts = NO_DOCUMENTS;
  await forEachPart(jobs, signal, async (part) => {
    const lines = await records.lines(part);
    if (!lines) return;
    const statuses = countStatuses(records.requireLines(part, lines, sizes[part - 1] ?? 0));
    if (statuses.ok === 0) return;
    finished.push(part);
    counts = addCounts(counts, statuses);
  });
  return { ranges: toRanges(finished.sort((a, b) => a - b)), jobs: finished.length, counts };
}
