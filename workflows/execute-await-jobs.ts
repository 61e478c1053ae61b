import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { JobToAwait } from '../src/common/inputs';
import { invalidInput } from '../src/core/errors';
import { sharedWorkflowId } from '../src/core/wait/join';
import { readOption, wholeNumber } from '../src/core/option-rules';
import { show } from '../src/core/values';
import type { AwaitJobResult } from '../src/core/wait/report';
import { executeAwaitJob, type ExecuteAwaitJobOptions, toWaitInput } from './execute-await-job';
import { checked } from './support/failures';
import { logCancelFailed, requestCancel } from './wait/request-cancel';
import { checkInput } from './wait/wait';

export interface ExecuteAwaitJobsOptions extends ExecuteAwaitJobOptions {
  /** Number of jobs that are awaited at a time, each in its own child: 1 to 1,000. @default 200 */
  parallel?: number | undefined;
}

/**
 * Maximum number of jobs. Each adds about 10 events to the caller's history, and Temporal terminates the caller at 51,200. Histories depend on it:
 * never allow fewer.
 */
const MAX_JOBS = 4_000;

/** Default number of concurrent waits. Histories depend on it: another default would start a different number of children at once. */
const USUAL_PARALLEL = 200;

/**
 * Temporal allows a workflow 2,000 pending children. The difference is left for the caller's other children. Histories depend on it: never allow
 * fewer.
 */
const PARALLEL = wholeNumber(1, 1_000);

/**
 * Waits for up to 4,000 jobs as {@link executeAwaitJob} waits for one, with at most `parallel` children at a time. A failed wait does not
 * end the others. A job that is listed twice is awaited once. Each result is stored in the caller's history: `files: 'none'` keeps it
 * small.
 *
 * @returns the outcome of each wait, in the order of `jobs`, in the form of `Promise.allSettled`; `unstructuredFailure(reason)` returns the
 * typed failure
 * @throws CancelledFailure if the caller is cancelled: all waits are cancelled, and no further one begins. With `onCancel: 'cancel'`, the API is
 * then also asked to stop the jobs whose waits had not begun, without a check that they stop
 * @throws ApplicationFailure `UnstructuredValidationError` if a job or an option is wrong, before any wait begins
 * @example
 * const settled = await executeAwaitJobs(jobIds, { files: 'none', runLimit: '6 hours' });
 * const failed = jobIds.filter((_, index) => settled[index]?.status === 'rejected');
 */
export async function executeAwaitJobs(
  jobs: readonly JobToAwait[],
  { parallel = USUAL_PARALLEL, ...options }: ExecuteAwaitJobsOptions = {},
): Promise<PromiseSettledResult<AwaitJobResult>[]> {
  checked(() => checkJobs(jobs, parallel));
  const keys = jobs.map((job) => sharedWorkflowId(checkInput(toWaitInput(job, options))));
  const waits = new Map(jobs.map((job, index) => [keys[index] ?? '', job]));
  const settled = new Map<string, PromiseSettledResult<AwaitJobResult>>();
  const queue = waits.entries();
  const lane = async () => {
    for (const [key, job] of queue)
      for (const result of await Promise.allSettled([awaitOrStop(job, options)])) settled.set(key, result);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, waits.size) }, lane));
  const results = keys.flatMap((key) => settled.get(key) ?? []);
  throwIfCancelled(results);
  return results;
}

/** Longest time of a request to stop a job, including its retries and the time until a worker takes it, in milliseconds. */
const LONGEST_REQUEST_MS = 20_000;
const REQUEST_ATTEMPTS = 4;

/**
 * Waits for one job. Once the caller is cancelled, no further wait begins. With `onCancel: 'cancel'`, the API is still asked to stop the job, but
 * nothing waits until the job has stopped. With so many jobs, that would add more events than a history may have.
 */
async function awaitOrStop(job: JobToAwait, options: ExecuteAwaitJobOptions): Promise<AwaitJobResult> {
  const scope = CancellationScope.current();
  if (!scope.consideredCancelled || options.onCancel !== 'cancel') return executeAwaitJob(job, options);
  const { jobId, account, activityTaskQueue = options.workflow?.taskQueue } = toWaitInput(job, options);
  if (jobId === undefined) return scope.cancelRequested; // a job that has not appeared
  const ask = () => requestCancel(jobId, { account, activityTaskQueue }, LONGEST_REQUEST_MS, REQUEST_ATTEMPTS);
  const failed = await CancellationScope.nonCancellable(ask);
  if (failed) logCancelFailed(jobId, failed);
  return scope.cancelRequested;
}

function checkJobs(jobs: readonly JobToAwait[], parallel: unknown): void {
  if (!Array.isArray(jobs)) throw invalidInput(`executeAwaitJobs takes a list of jobs; got ${show(jobs)}.`);
  if (jobs.length > MAX_JOBS)
    throw invalidInput(
      `executeAwaitJobs waits for at most ${MAX_JOBS} jobs in one workflow; got ${jobs.length}. Split them among child workflows.`,
    );
  readOption('parallel', PARALLEL, parallel);
}

/** Throws if the caller was cancelled. The cancellation of a single wait is a result like any other. */
function throwIfCancelled(results: readonly PromiseSettledResult<unknown>[]): void {
  if (!CancellationScope.current().consideredCancelled) return;
  for (const result of results) if (result.status === 'rejected' && isCancellation(result.reason)) throw result.reason;
}
