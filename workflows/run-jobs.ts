import {
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  TemporalFailure,
} from '@temporalio/workflow';
import { innerFailure, toApplicationFailure } from '../src/common/failure';
import type { RunJobsInput } from '../src/common/inputs';
import { batchProgress } from '../src/common/messages';
import { batchFailedFailure } from '../src/core/batch/failure';
import type { BatchOutcome } from '../src/core/batch/manifest';
import type { BatchPlan } from '../src/core/batch/plan';
import type { RunJobsResult } from '../src/core/batch/result';
import { planned } from '../src/core/batch/state';
import { shownRef } from '../src/core/reference';
import { type Batch, createBatch, currentProgress, upsertBatchAttributes } from './batch/batch';
import { detailsOfBatch } from './batch/current-details';
import { closeManifest, planBatch, writePlan } from './batch/records';
import { runWindow } from './batch/window';
import { continueWith } from './run/continue-run';
import { autoUpgrade } from './support/versioning';
import { reportedBack } from './support/reported-back';
import { noteAttributesError } from './support/search-attributes';

/**
 * Workflow that runs as many jobs as a list or a folder of documents needs, and writes a manifest with the outcome of each document. Each
 * job is a run in a child workflow `<key>/<number>`, started once. If the same key is run again, the batch resumes: jobs with an `ok`
 * document in its manifest are not run again.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, or if the key was planned with other documents or options
 * @throws ApplicationFailure `UnstructuredBatchFailedError` if more documents are not `ok` than `tolerated` allows
 * @throws ApplicationFailure another type from the failure table if documents cannot be listed, or the manifest cannot be written
 */
export async function runJobs(input: RunJobsInput): Promise<RunJobsResult> {
  const batch = createBatch(input);
  let location: string | null = null;
  const changed = () => {
    setCurrentDetails(detailsOfBatch(currentProgress(batch), location && shownRef(location)));
    upsertBatchAttributes(batch);
  };
  setHandler(batchProgress, () => currentProgress(batch), { description: 'Phase and counts of the batch' });
  try {
    changed();
    const plan = await planOnce(batch, changed);
    await runPlannedJobs(batch, plan, input, changed);
    const manifest = await close(batch, plan, batch.state.outcome === 'stopped' ? 'stopped' : 'completed', changed);
    location = manifest.manifest.location;
    if (batch.state.outcome !== 'stopped') return manifest;
    throw toApplicationFailure(batchFailedFailure({ ...manifest, tolerated: batch.state.options.tolerated }));
  } finally {
    batch.phase = 'ended';
    changed();
  }
}

setWorkflowOptions(autoUpgrade, runJobs);

async function planOnce(batch: Batch, changed: () => void): Promise<BatchPlan> {
  if (batch.state.plan) return batch.state.plan;
  const answer = await planBatch(batch, changed);
  if (!answer.finished) await writePlan(batch, changed, answer.plan);
  batch.state = noteAttributesError(planned(batch.state, answer), reportedBack(answer).attributesError);
  return answer.plan;
}

/** @throws the cancellation, or the reason why no job can be run, after the manifest is written */
async function runPlannedJobs(batch: Batch, plan: BatchPlan, input: RunJobsInput, changed: () => void): Promise<void> {
  try {
    await runWindow(batch, plan, changed);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error; // an error of the code fails the workflow task, not the workflow
    await close(batch, plan, isCancellation(error) ? 'cancelled' : 'stopped', changed).catch((notWritten: unknown) => {
      log.warn('The manifest could not be written', { reason: innerFailure(notWritten).message });
    });
    throw error;
  }
  const { state } = batch;
  if (state.next > plan.jobs || state.outcome === 'stopped') return;
  await continueWith({
    ...input,
    ...(Array.isArray(input.documents) && { documents: undefined }), // the plan contains them
    continued: { version: 1, state },
  });
}

async function close(
  batch: Batch,
  plan: BatchPlan,
  outcome: BatchOutcome,
  changed: () => void,
): Promise<RunJobsResult> {
  batch.phase = 'closing';
  changed();
  const { location, counts } = await closeManifest(batch, changed, plan, outcome);
  return { counts, manifest: { location, parts: counts.jobs } };
}
