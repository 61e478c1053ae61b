import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, uuid4, workflowInfo, type ChildWorkflowHandle } from '@temporalio/workflow';
import { AWAIT_JOB_COMPLETION, waiterWorkflowId } from '../src/core/names';
import type { AwaitJobResult } from '../src/core/wait/account';
import type { AwaitJobOptions } from '../src/wait-input';
import type { awaitJobCompletion } from './await-job-completion';
import { checkInput } from './wait';

/**
 * Waits for a job in a child workflow: visible by itself, takes signals and queries, outlives any history limit. The child is cancelled with
 * its parent. Where another workflow already waits for the job under the shared id, this parent gets a child of its own, so that one
 * parent's end, limits and cancel never decide another's wait.
 *
 * @throws ChildWorkflowFailure; `unstructuredFailure(err)` gives the typed failure inside
 */
export async function executeAwaitJob(jobId: string, options: AwaitJobOptions = {}): Promise<AwaitJobResult> {
  const shared = waiterWorkflowId(checkInput({ ...options, jobId }).jobId);
  const own = ownWorkflowId(shared);
  const child =
    (await tryStart(shared, jobId, options)) ??
    (await tryStart(own, jobId, options)) ??
    (await start(`${own}/${uuid4()}`, jobId, options));
  return child.result();
}

/** Ids are limited in length, on some servers to 255 bytes: a parent with a long one lends its child a uuid instead. */
function ownWorkflowId(shared: string): string {
  const own = `${shared}/${workflowInfo().workflowId}`;
  return new TextEncoder().encode(own).length <= 200 ? own : `${shared}/${uuid4()}`;
}

type Child = ChildWorkflowHandle<typeof awaitJobCompletion>;

async function tryStart(workflowId: string, jobId: string, options: AwaitJobOptions): Promise<Child | undefined> {
  try {
    return await start(workflowId, jobId, options);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

function start(workflowId: string, jobId: string, options: AwaitJobOptions): Promise<Child> {
  return startChild<typeof awaitJobCompletion>(AWAIT_JOB_COMPLETION, {
    workflowId,
    args: [{ ...options, jobId }],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `Unstructured job ${jobId}`,
  });
}
