import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import type { BatchOutcome, ManifestAnswer } from '../../src/core/batch/manifest';
import type { BatchPlan, PlanAnswer } from '../../src/core/batch/plan';
import { isoTime } from '../../src/core/instant';
import { PLAN_JOBS, WRITE_MANIFEST } from '../../src/core/names';
import { shownRef } from '../../src/core/reference';
import { RECORDING } from '../support/schedule';
import type { Batch } from './batch';

/** How long a plan or a manifest may take, with all its attempts; that of a batch that is cancelled has less. */
const LONGEST = { startToCloseTimeout: '12 hours', scheduleToCloseTimeout: '24 hours' } as const;
const LONGEST_WHEN_CANCELLED = { startToCloseTimeout: '10 minutes', scheduleToCloseTimeout: '10 minutes' } as const;

/** Lists the documents, and splits them into jobs. */
export function planBatch({ input, place, digest }: Batch): Promise<PlanAnswer> {
  const { documents, outputs, bounds, options, maxFileBytes, retryFailed, unlessIn, activityTaskQueue } = input;
  const activities = proxyActivities<OperationActivities>({
    ...RECORDING,
    ...LONGEST,
    taskQueue: activityTaskQueue,
    summary: 'list documents, and split them into jobs',
  });
  return activities[PLAN_JOBS]({
    ...place,
    ...bounds,
    ...(documents && { documents }),
    ...(retryFailed !== null && { retryFailed }),
    ...(unlessIn !== null && { unlessIn }),
    ...(outputs.name !== undefined && { name: outputs.name }),
    maxFileBytes,
    digest,
    options,
  });
}

/** Writes the manifest, also of a batch that is cancelled. */
export function closeManifest(
  { input, place, state }: Batch,
  plan: BatchPlan,
  outcome: BatchOutcome,
): Promise<ManifestAnswer> {
  const { options, startedAt, failedJobs, uncertainStarts, next } = state;
  const { perJob, maxJobBytes } = input.bounds;
  const activities = proxyActivities<OperationActivities>({
    ...RECORDING,
    ...(outcome === 'cancelled' ? LONGEST_WHEN_CANCELLED : LONGEST),
    taskQueue: input.activityTaskQueue,
    summary: 'write the manifest',
  });
  return CancellationScope.nonCancellable(() =>
    activities[WRITE_MANIFEST]({
      ...place,
      plan: plan.id,
      jobs: plan.jobs,
      begunJobs: next - 1,
      failedJobs,
      startedAt: isoTime(startedAt),
      endedAt: isoTime(Date.now()),
      outcome,
      uncertainStarts,
      leftOut: plan.leftOut,
      ...(input.unlessIn !== null && { unlessIn: input.unlessIn }),
      ...(input.retryFailed !== null && { retryFailed: input.retryFailed }),
      options: {
        ...shownDocuments(input.documents),
        to: shownRef(place.to),
        perJob,
        maxJobBytes,
        parallel: options.parallel,
        tolerated: options.tolerated,
      },
    }),
  );
}

/** What was asked for, without what may be a secret. */
function shownDocuments(documents: Batch['input']['documents']): object {
  if (documents === null || Array.isArray(documents)) return {};
  return 'from' in documents
    ? { from: shownRef(documents.from), match: documents.match ?? null }
    : { list: shownRef(documents.list) };
}
