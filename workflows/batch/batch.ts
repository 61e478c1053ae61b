import { workflowInfo } from '@temporalio/workflow';
import { type Duration, durationToMs } from '../../src/common/duration';
import type { RunJobsInput } from '../../src/common/inputs';
import { keyword } from '../../src/core/attributes';
import { keyOfAttempt } from '../../src/core/batch/plan';
import { checkBatchKey } from '../../src/core/batch/check-input';
import { type ResolvedBatch, resolveBatchInput } from '../../src/core/batch/input';
import { batchDigest } from '../../src/core/batch/join';
import { type BatchPhase, type BatchProgress, progressOfBatch } from '../../src/core/batch/progress';
import { type BatchState, beginBatch } from '../../src/core/batch/state';
import { isoTime } from '../../src/core/instant';
import type { BatchPlace } from '../../src/core/run/planned-job';
import type { Unserved } from '../../src/core/unserved';
import { checked } from '../support/failures';
import { attributesOfStart, upsertAttributes } from '../support/search-attributes';

/** A batch in progress. */
export interface Batch {
  readonly input: ResolvedBatch<Duration>;
  readonly place: BatchPlace;
  /** Digest of the request. */
  readonly digest: string;
  state: BatchState;
  phase: BatchPhase;
  /** Running jobs by their numbers in the plan: the workflow id of each run, and when it began, in milliseconds since the epoch. */
  readonly running: Map<number, { key: string; since: number }>;
  /** Task queue without a worker for the batch's own activities. */
  unserved: Unserved | null;
}

/** @throws ApplicationFailure `UnstructuredValidationError` */
export function createBatch(given: RunJobsInput): Batch {
  const { startTime, workflowId: key } = workflowInfo();
  const input = checked(() => {
    checkBatchKey(key);
    return resolveBatchInput(given, durationToMs);
  });
  return {
    input,
    place: { to: input.outputs.to, key },
    digest: batchDigest(given),
    state: {
      attributes: attributesOfStart(input.searchAttributes),
      ...(input.state ?? beginBatch(input.initial, startTime.getTime())),
    },
    phase: input.state?.plan ? 'running' : 'planning',
    running: new Map(),
    unserved: null,
  };
}

export function currentProgress({ state, phase, running, unserved }: Batch): BatchProgress {
  const jobs = [...running].map(([part, { key, since }]) => ({ part, key, since: isoTime(since) }));
  return progressOfBatch({ state, phase, running: jobs, unserved }, Date.now());
}

/** Sets the search attributes that changed. The runs of the batch set those of their jobs. */
export function upsertBatchAttributes(batch: Batch): void {
  const { input, state, unserved } = batch;
  batch.state = upsertAttributes(state, input.searchAttributes, {
    account: keyword(input.account),
    health: unserved ? 'no worker' : 'ok',
    startedAt: state.startedAt,
  });
}

/** Calls {@link keyOfAttempt} with the key of this batch. */
export function keyOfPart(part: number, attempt = 1): string {
  return keyOfAttempt(workflowInfo().workflowId, part, attempt);
}
