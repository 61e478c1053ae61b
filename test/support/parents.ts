/** Workflows of tests: what users export, and parents that use it as users do. */
import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  awaitJob,
  type AwaitJobOptions,
  type AwaitJobResult,
  type CollectAnswer,
  collectJobOutputs,
  type CollectOptions,
  type CollectRequest,
  type DocumentInput,
  executeAwaitJob,
  type ExecuteAwaitJobOptions,
  executeAwaitJobs,
  type ExecuteAwaitJobsOptions,
  executeRunJob,
  type ExecuteRunJobOptions,
  executeRunJobs,
  type ExecuteRunJobsOptions,
  type JobToAwait,
  type JobToStart,
  type RunJobResult,
  type RunJobsResult,
  type StartedJob,
  startJob,
  unstructuredFailure,
} from '../../workflows';

export { awaitJobCompletion, runJob, runJobs } from '../../workflows';
export { fickle, indiscreet, naive, parentThatWaitsTwice, startingTwice } from '../dev-server/support/workflows';

/** Waits in a child. */
export async function parentOfChild(job: JobToAwait, options?: ExecuteAwaitJobOptions): Promise<AwaitJobResult> {
  return executeAwaitJob(job, options);
}

/** Waits in children, so many at a time, and tells how each wait ended: its job's status, or the type of its failure. */
export async function parentOfChildren(jobs: JobToAwait[], options?: ExecuteAwaitJobsOptions): Promise<string[]> {
  const settled = await executeAwaitJobs(jobs, options);
  return settled.map((result) =>
    result.status === 'fulfilled' ? result.value.job.status : (unstructuredFailure(result.reason)?.type ?? 'other'),
  );
}

/** Runs in a child. */
export async function parentOfRun(input: ExecuteRunJobOptions): Promise<RunJobResult> {
  return executeRunJob(input);
}

/** Runs a batch in a child. */
export async function parentOfBatch(input: ExecuteRunJobsOptions): Promise<RunJobsResult> {
  return executeRunJobs(input);
}

/** Starts by itself. */
export async function starting(...args: Parameters<typeof startJob>): Promise<StartedJob> {
  return startJob(...args);
}

/** Starts by itself, then waits in a child that takes the job along. */
export async function startingThenWaiting(...args: Parameters<typeof startJob>): Promise<AwaitJobResult> {
  const { jobId, knownFiles } = await startJob(...args);
  return executeAwaitJob(jobId, { knownFiles, onCancel: 'cancel' });
}

/** Begins to wait in a child and is cancelled before that is on its way. */
export async function waitingWhenCancelled(jobId: string): Promise<AwaitJobResult> {
  const scope = new CancellationScope();
  const wait = scope.run(() => executeAwaitJob(jobId, { onCancel: 'cancel' }));
  scope.cancel();
  return wait;
}

/** Collects by itself. */
export async function collecting(request: CollectRequest, options?: CollectOptions): Promise<CollectAnswer> {
  return collectJobOutputs(request, options);
}

/** Starts, waits and collects by itself. */
export async function parentOfParts(
  start: JobToStart,
  documents: DocumentInput[],
  to: string,
  options?: AwaitJobOptions,
): Promise<CollectAnswer> {
  const { jobId, knownFiles } = await startJob(start, documents);
  const { outputNodeFiles } = await awaitJob(jobId, { ...options, knownFiles });
  const files = [...new Set(outputNodeFiles.map(({ fileId }) => fileId))].map((fileId) => ({ fileId, nodeIds: [] }));
  return collectJobOutputs({ jobId, files, which: 'final', to });
}

/** Waits inline, for several jobs side by side. */
export async function parentInline(jobIds: string[], options?: AwaitJobOptions): Promise<AwaitJobResult[]> {
  return Promise.all(jobIds.map((jobId) => awaitJob(jobId, options)));
}

/** Has a query, a signal and details of its own, under the names that a wait uses, and waits inline. */
export async function parentWithHandlers(
  jobId: string,
  options?: AwaitJobOptions,
): Promise<{ checks: number; signals: number; runId: string }> {
  let signals = 0;
  setHandler(defineQuery<string>('unstructured.progress'), () => "the parent's answer");
  setHandler(defineSignal('unstructured.checkNow'), () => {
    signals += 1;
  });
  setCurrentDetails("the parent's details");
  const { wait } = await awaitJob(jobId, options);
  return { checks: wait.checks, signals, runId: workflowInfo().runId };
}

/** Waits in a child and says what it saw when it was cancelled. */
export async function parentThatNotesCancellation(jobId: string): Promise<string> {
  try {
    await executeAwaitJob(jobId);
    return 'done';
  } catch (error) {
    return isCancellation(error) ? 'cancelled' : `failed: ${String(error)}`;
  }
}

/** Starts a child wait, and ends without awaiting it when told. */
export const finish = defineSignal('finish');
export async function parentThatLeaves(jobId: string): Promise<void> {
  let told = false;
  setHandler(finish, () => void (told = true));
  void executeAwaitJob(jobId).catch(() => undefined);
  await condition(() => told);
}

/** Reads the failure that a wait ends with, as a user's catch block does. */
export async function parentThatReadsFailure(
  form: 'child' | 'inline',
  jobId: string,
  options?: AwaitJobOptions,
): Promise<{ type: string; jobId?: string; status?: string }> {
  try {
    await (form === 'child' ? executeAwaitJob(jobId, options) : awaitJob(jobId, options));
    return { type: 'none' };
  } catch (error) {
    const failure = unstructuredFailure(error);
    if (failure?.type !== 'UnstructuredJobFailedError') throw error;
    return { type: failure.type, jobId: failure.details.jobId, status: failure.details.job.status };
  }
}

/** A workflow that had a loop of its own: as it began then, or as it begins since. */
export async function pollThenAwait(isNew: boolean): Promise<void> {
  if (isNew) patched('await-job');
  await condition(() => false);
}
