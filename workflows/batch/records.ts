import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import type { BatchOutcome, ManifestAnswer } from '../../src/core/batch/manifest';
import type { BatchPlan, PlanAnswer } from '../../src/core/batch/plan';
import { isoTime } from '../../src/core/instant';
import { PLAN_JOBS, WRITE_MANIFEST } from '../../src/core/names';
import { shownRef } from '../../src/core/reference';
import type { ScheduleTimes, Unserved } from '../../src/core/unserved';
import { RECORDING, scheduleShown } from '../support/schedule';
import type { Batch } from './batch';

/** How long a plan or a manifest may take, with all its attempts, and one attempt alone; that of a batch that is cancelled has less. In milliseconds. */
const LONGEST = { allMs: 86_400_000, attemptMs: 43_200_000 };
const LONGEST_WHEN_CANCELLED = { allMs: 600_000, attemptMs: 600_000 };

/** Lists the documents, and splits them into jobs. */
export function planBatch(batch: Batch, changed: () => void): Promise<PlanAnswer> {
  const { input, place, digest } = batch;
  const { documents, outputs, bounds, options, maxFileBytes, retryFailed, unlessIn } = input;
  return record(batch, changed, LONGEST, 'list documents, and split them into jobs', (activities) =>
    activities[PLAN_JOBS]({
      ...place,
      ...bounds,
      ...(documents && { documents }),
      ...(retryFailed !== null && { retryFailed }),
      ...(unlessIn !== null && { unlessIn }),
      ...(outputs.name !== undefined && { name: outputs.name }),
      maxFileBytes,
      digest,
      options,
    }),
  );
}

/** Writes the manifest, also of a batch that is cancelled. */
export function closeManifest(
  batch: Batch,
  changed: () => void,
  plan: BatchPlan,
  outcome: BatchOutcome,
): Promise<ManifestAnswer> {
  const { input, place, state } = batch;
  const { options, startedAt, failedJobs, uncertainStarts, next } = state;
  const { perJob, maxJobBytes } = input.bounds;
  const longest = outcome === 'cancelled' ? LONGEST_WHEN_CANCELLED : LONGEST;
  return CancellationScope.nonCancellable(() =>
    record(batch, changed, longest, 'write the manifest', (activities) =>
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
    ),
  );
}

function record<T>(
  batch: Batch,
  changed: () => void,
  { allMs, attemptMs }: typeof LONGEST,
  summary: string,
  perform: (activities: OperationActivities) => Promise<T>,
): Promise<T> {
  const { activityTaskQueue: taskQueue } = batch.input;
  const note = (unserved: Unserved | null): void => {
    batch.unserved = unserved;
    changed();
  };
  const schedule = (times: ScheduleTimes) =>
    perform(
      proxyActivities<OperationActivities>({
        ...RECORDING,
        startToCloseTimeout: attemptMs,
        ...times,
        taskQueue,
        summary,
      }),
    );
  return scheduleShown({ taskQueue, unserved: batch.unserved, note }, allMs, schedule);
}

/** What was asked for, without what may be a secret. */
function shownDocuments(documents: Batch['input']['documents']): object {
  if (documents === null || Array.isArray(documents)) return {};
  return 'from' in documents
    ? { from: shownRef(documents.from), match: documents.match ?? null }
    : { list: shownRef(documents.list) };
}
