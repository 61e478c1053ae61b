import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { JobToAwait } from '../src/common/inputs';
import { invalidInput } from '../src/core/errors';
import { sharedWorkflowId } from '../src/core/wait/join';
import { readOption, wholeNumber } from '../src/core/option-rules';
import { show } from '../src/core/values';
import type { AwaitJobResult } from '../src/core/wait/report';
import { executeAwaitJob, type ExecuteAwaitJobOptions, toWaitInput } from './execute-await-job';
import { checked } from './support/failures';
import { checkInput } from './wait/wait';

export interface ExecuteAwaitJobsOptions extends ExecuteAwaitJobOptions {
  /** How many jobs are waited for at a time, each in a child of its own: 1 to 1,000. @default 200 */
  parallel?: number | undefined;
}

/** Each adds about 10 events to the caller's history, which Temporal ends at 51,200. */
const MAX_JOBS = 4_000;

/** Temporal allows a workflow 2,000 pending children; the rest is for others. */
const PARALLEL = wholeNumber(1, 1_000);

/**
 * Waits for up to 4,000 jobs as {@link executeAwaitJob} waits for one, through a window of children. The failure of one wait ends no other.
 * A job that stands in `jobs` twice is waited for once. Each result stands in the caller's history: `files: 'none'` keeps it small.
 *
 * @returns how each wait ended, in the order of `jobs`, as `Promise.allSettled` tells it; `unstructuredFailure(reason)` gives the typed
 * failure inside
 * @throws CancelledFailure when the caller is cancelled: all waits are cancelled with it, and no other begins
 * @throws ApplicationFailure `UnstructuredValidationError` for a job or an option that is wrong, before any wait begins
 * @example
 * const settled = await executeAwaitJobs(jobIds, { files: 'none', runLimit: '6 hours' });
 * const failed = jobIds.filter((_, index) => settled[index].status === 'rejected');
 */
export async function executeAwaitJobs(
  jobs: readonly JobToAwait[],
  { parallel = 200, ...options }: ExecuteAwaitJobsOptions = {},
): Promise<PromiseSettledResult<AwaitJobResult>[]> {
  checked(() => checkJobs(jobs, parallel));
  const keys = jobs.map((job) => sharedWorkflowId(checkInput(toWaitInput(job, options))));
  const waits = new Map(jobs.map((job, index) => [keys[index] ?? '', job]));
  const settled = new Map<string, PromiseSettledResult<AwaitJobResult>>();
  const queue = waits.entries();
  const lane = async () => {
    for (const [key, job] of queue)
      for (const result of await Promise.allSettled([executeAwaitJob(job, options)])) settled.set(key, result);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, waits.size) }, lane));
  const results = keys.flatMap((key) => settled.get(key) ?? []);
  throwIfCancelled(results);
  return results;
}

function checkJobs(jobs: readonly JobToAwait[], parallel: unknown): void {
  if (!Array.isArray(jobs)) throw invalidInput(`executeAwaitJobs takes a list of jobs; got ${show(jobs)}.`);
  if (jobs.length > MAX_JOBS)
    throw invalidInput(
      `executeAwaitJobs waits for at most ${MAX_JOBS} jobs in one workflow; got ${jobs.length}. Split them among child workflows.`,
    );
  readOption('parallel', PARALLEL, parallel);
}

/** A wait that was cancelled by itself is a result like any other. */
function throwIfCancelled(results: readonly PromiseSettledResult<unknown>[]): void {
  if (!CancellationScope.current().consideredCancelled) return;
  for (const result of results) if (result.status === 'rejected' && isCancellation(result.reason)) throw result.reason;
}
