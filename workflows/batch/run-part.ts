import { CancellationScope, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import { innerFailure, type UnstructuredFailure, unstructuredFailure } from '../../src/common/failure';
import type { RunJobInput } from '../../src/common/inputs';
import { searchAttributePairs } from '../../src/common/search-attributes';
import { attributesAtStart, knownAttributes } from '../../src/core/attributes-at-start';
import { MOST_PER_JOB } from '../../src/core/batch/input';
import type { EndedJob } from '../../src/core/batch/state';
import { isoTime } from '../../src/core/instant';
import { beginKeyedRun, type RunChildOptions } from '../run/keyed-run';
import { type Batch, keyOfPart } from './batch';

/** Maximum number of times that a stopped job is started again, once for each time that its batch is run again. Histories depend on it. */
const MAX_ATTEMPTS = 100;

/**
 * Runs one job of the plan, and returns how it ended. A job that an earlier run of the batch left unfinished is resumed. A job that was stopped
 * before that is started again.
 * @throws the cancellation; or an error of the run's key, which concerns all jobs of the batch
 */
export async function runPart(batch: Batch, plan: string, part: number, startAt: number): Promise<EndedJob> {
  for (let attempt = 1; ; attempt++) {
    const key = keyOfPart(part, attempt);
    batch.running.set(part, { key, since: startAt });
    const run = await beginKeyedRun(inputOfPart(batch, { plan, key, part, startAt }), {
      staticSummary: `Job ${part} of the batch`,
      ...listedFrom(batch),
    });
    try {
      const { part: stored } = await run.result();
      return { counts: stored?.counts ?? null, isFailed: false };
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      const failure = unstructuredFailure(error);
      if (run.earlier && wasStopped(failure) && attempt < MAX_ATTEMPTS) continue;
      const message = failure?.message ?? innerFailure(error).message;
      log.warn('A job of the batch failed', { part, key, type: failure?.type, message });
      return { counts: failure?.details.part?.counts ?? null, isFailed: true };
    }
  }
}

/** The search attributes for the start of a run. A name that the namespace does not have would block the batch. */
function listedFrom({ input, state }: Batch): Pick<RunChildOptions, 'typedSearchAttributes'> {
  const known = knownAttributes(state, attributesAtStart(input, Date.now()));
  if (!input.searchAttributes || Object.keys(known).length === 0) return {};
  return { typedSearchAttributes: searchAttributePairs(input.searchAttributes, known) };
}

/** Whether the first check of this run already saw the job as stopped. */
function wasStopped(failure: UnstructuredFailure | undefined): boolean {
  return failure?.type === 'UnstructuredJobStoppedError' && failure.details.wait.noticedWithinMs === null;
}

function inputOfPart(
  { input, place }: Batch,
  { plan, key, part, startAt }: { plan: string; key: string; part: number; startAt: number },
): RunJobInput & { key: string } {
  const { run, outputs } = input;
  return {
    ...run,
    key,
    activityTaskQueue: input.activityTaskQueue ?? workflowInfo().taskQueue,
    outputs,
    onRefused: 'skip',
    failedFiles: 'return',
    maxDocuments: MOST_PER_JOB,
    plannedJob: { ...place, part, plan, startAt: isoTime(startAt) },
  };
}
