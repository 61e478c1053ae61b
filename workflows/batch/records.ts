import { CancellationScope } from '@temporalio/workflow';
import { attributesToAsk } from '../../src/core/attributes';
import { type BatchOutcome, type ManifestAnswer, shownDocuments } from '../../src/core/batch/manifest';
import type { BatchPlan, PlanAnswer } from '../../src/core/batch/plan';
import { isoTime } from '../../src/core/instant';
import { PLAN_JOBS, WRITE_MANIFEST, WRITE_PLAN } from '../../src/core/names';
import { shownRef } from '../../src/core/reference';
import type { JobToStart } from '../../src/core/start/request';
import { recordShown } from './record';
import type { ActivityQueue } from '../support/schedule';
import type { Batch } from './batch';

/** Longest time for a plan or a manifest, including all attempts, and for the manifest of a cancelled batch. In milliseconds. */
const LONGEST_MS = 86_400_000;
const LONGEST_WHEN_CANCELLED_MS = 600_000;
/** Time-out of one attempt. */
const ATTEMPT = { startToCloseTimeout: '12 hours' } as const;

/** Lists the documents, and splits them into jobs. */
export function planBatch(batch: Batch, changed: () => void): Promise<PlanAnswer> {
  const { input, place, digest } = batch;
  const { documents, outputs, bounds, maxDocumentBytes, credentialBudget, retryFailed, unlessIn } = input;
  const searchAttributes = attributesToAsk(batch.state, input.searchAttributes);
  const options = { ...ATTEMPT, summary: 'list documents, and split them into jobs' };
  return recordShown(batchQueue(batch, changed), LONGEST_MS, options, (activities, memory) =>
    activities[PLAN_JOBS]({
      ...place,
      ...bounds,
      ...(documents && { documents }),
      ...(retryFailed !== null && { retryFailed }),
      unlessIn,
      ...(outputs.name !== undefined && { name: outputs.name }),
      maxDocumentBytes,
      credentialBudgetMs: credentialBudget,
      digest,
      options: input.options,
      ...(memory !== undefined && { memory }),
      ...(searchAttributes && { searchAttributes }),
    }),
  );
}

/** Writes a new plan. From then on, it is the plan of the key. */
export function writePlan(batch: Batch, changed: () => void, plan: BatchPlan): Promise<void> {
  const { input, place } = batch;
  return recordShown(batchQueue(batch, changed), LONGEST_MS, { summary: 'write the plan' }, (activities) =>
    activities[WRITE_PLAN]({ ...place, credentialBudgetMs: input.credentialBudget, plan }),
  );
}

/** Writes the manifest, even if the batch is cancelled. */
export function closeManifest(
  batch: Batch,
  changed: () => void,
  plan: BatchPlan,
  outcome: BatchOutcome,
): Promise<ManifestAnswer> {
  const { input, place, state } = batch;
  const { options, startedAt, failedJobs } = state;
  const { outputs, maxDocumentBytes, bounds } = input;
  const { perJob, maxJobBytes } = bounds;
  const limitMs = outcome === 'cancelled' ? LONGEST_WHEN_CANCELLED_MS : LONGEST_MS;
  return CancellationScope.nonCancellable(() =>
    recordShown(batchQueue(batch, changed), limitMs, { ...ATTEMPT, summary: 'write the manifest' }, (activities) =>
      activities[WRITE_MANIFEST]({
        ...place,
        credentialBudgetMs: input.credentialBudget,
        plan: { id: plan.id, earlier: plan.earlier },
        jobs: plan.jobs,
        failedJobs,
        startedAt: isoTime(startedAt),
        endedAt: isoTime(Date.now()),
        outcome,
        leftOut: plan.leftOut,
        unlessIn: input.unlessIn,
        ...(input.retryFailed !== null && { retryFailed: input.retryFailed }),
        options: {
          start: shownStart(input.run.start),
          ...shownDocuments(input.documents),
          to: shownRef(place.to),
          name: outputs.name ?? null,
          which: outputs.which,
          account: input.account ?? null,
          perJob,
          maxJobBytes,
          maxDocumentBytes,
          parallel: options.parallel,
          tolerated: options.tolerated,
        },
      }),
    ),
  );
}

/** Nodes may contain secrets, so only their number is shown. */
function shownStart(start: JobToStart): object {
  return 'jobNodes' in start ? { jobNodes: start.jobNodes.length } : start;
}

function batchQueue(batch: Batch, changed: () => void): ActivityQueue {
  return {
    taskQueue: batch.input.activityTaskQueue,
    unserved: batch.unserved,
    note: (unserved) => {
      batch.unserved = unserved;
      changed();
    },
  };
}
