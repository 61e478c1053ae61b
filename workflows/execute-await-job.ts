import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  isCancellation,
  ParentClosePolicy,
  startChild,
  uuid4,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { AWAIT_JOB_COMPLETION, sharedWorkflowId, waiterSummary } from '../src/core/names';
import type { AwaitJobResult } from '../src/core/wait/account';
import { jobInput, type AwaitJobInput, type AwaitJobOptions, type JobToAwait } from '../src/common/inputs';
import { awaitJob } from './await-job';
import type { awaitJobCompletion } from './await-job-completion';
import { checkInput } from './wait/wait';

/**
 * Waits for a job in a child workflow: visible by itself, takes signals and queries, outlives any history limit. The child is cancelled with
 * its parent; with `onCancel: 'cancel'` the job is stopped even where the parent was cancelled before there was a child. Where another
 * workflow already waits for the job under the shared id, this parent gets a child of its own, so that one parent's end, limits and cancel
 * never decide another's wait.
 *
 * @throws ChildWorkflowFailure; `unstructuredFailure(err)` gives the typed failure inside
 */
export async function executeAwaitJob(job: JobToAwait, options: AwaitJobOptions = {}): Promise<AwaitJobResult> {
  const input = { ...options, ...jobInput(job) };
  const shared = sharedWorkflowId(checkInput(input));
  const child = await startOne(shared, input).catch((error: unknown) => {
    if (isCancellation(error) && options.onCancel === 'cancel') return undefined;
    throw error;
  });
  // In a scope that is cancelled no child begins, and an inline wait does nothing but stop its job.
  return child ? child.result() : awaitJob(job, options);
}

async function startOne(shared: string, input: AwaitJobInput): Promise<Child> {
  const own = ownWorkflowId(shared);
  return (await tryStart(shared, input)) ?? (await tryStart(own, input)) ?? start(`${own}/${uuid4()}`, input);
}

/** Ids are limited in length, on some servers to 255 bytes: a parent with a long one lends its child a uuid instead. */
function ownWorkflowId(shared: string): string {
  const own = `${shared}/${workflowInfo().workflowId}`;
  return new TextEncoder().encode(own).length <= 200 ? own : `${shared}/${uuid4()}`;
}

type Child = ChildWorkflowHandle<typeof awaitJobCompletion>;

async function tryStart(workflowId: string, input: AwaitJobInput): Promise<Child | undefined> {
  try {
    return await start(workflowId, input);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

function start(workflowId: string, input: AwaitJobInput): Promise<Child> {
  return startChild<typeof awaitJobCompletion>(AWAIT_JOB_COMPLETION, {
    workflowId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: waiterSummary(input),
  });
}
