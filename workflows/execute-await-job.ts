import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  isCancellation,
  ParentClosePolicy,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { type AwaitJobInput, type AwaitJobOptions, jobInput, type JobToAwait } from '../src/common/inputs';
import { AWAIT_JOB_COMPLETION, waiterSummary } from '../src/core/names';
import type { AwaitJobResult } from '../src/core/wait/report';
import { answerDigest, memoOfWait, sharedWorkflowId } from '../src/core/wait/join';
import { awaitJob } from './await-job';
import type { awaitJobCompletion } from './await-job-completion';
import { checkInput } from './wait/wait';

/** Options of the wait, and of the child workflow. */
export interface ExecuteAwaitJobOptions extends AwaitJobOptions {
  /**
   * More options of the child workflow, such as its task queue, memo, search attributes, priority or parent close policy. The activities run
   * on its task queue, too, where no other is named for them. @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: Omit<ChildWorkflowOptions, 'args' | 'workflowId' | 'workflowIdReusePolicy'> | undefined;
}

/**
 * Waits for a job in a child workflow: visible by itself, takes signals and queries, outlives any history limit. The child is cancelled with
 * its parent; with `onCancel: 'cancel'` the job is stopped even where the parent was cancelled before there was a child. Where another
 * workflow already waits for the job under the shared id, this parent gets a child of its own, so that one parent's end, limits and cancel
 * never decide another's wait. A client joins the child under the shared id where it asks for the same answer.
 *
 * When the parent continues as new, Temporal applies the parent close policy, which ends the wait. Await the result before, or let a client
 * start the wait by `startAwaitJob`.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, before there is a child; else ChildWorkflowFailure, of which
 * `unstructuredFailure(err)` gives the typed failure inside
 */
export async function executeAwaitJob(job: JobToAwait, options: ExecuteAwaitJobOptions = {}): Promise<AwaitJobResult> {
  const { workflow, ...rest } = options;
  const input = toWaitInput(job, options);
  const resolved = checkInput(input);
  const queue = resolved.activityTaskQueue ?? workflow?.taskQueue ?? workflowInfo().taskQueue;
  const memo = { ...workflow?.memo, ...memoOfWait(resolved, answerDigest(resolved, queue)) };
  const child = await startOne(sharedWorkflowId(resolved), input, { ...workflow, memo }).catch((error: unknown) => {
    if (isCancellation(error) && options.onCancel === 'cancel') return undefined;
    throw error;
  });
  // In a scope that is cancelled no child begins, and an inline wait does nothing but stop its job.
  return child ? child.result() : awaitJob(job, rest);
}

export function toWaitInput(job: JobToAwait, { workflow, ...options }: ExecuteAwaitJobOptions): AwaitJobInput {
  return { ...options, ...jobInput(job) };
}

type ChildOptions = ExecuteAwaitJobOptions['workflow'];

async function startOne(shared: string, input: AwaitJobInput, options: ChildOptions): Promise<Child> {
  const own = ownWorkflowId(shared);
  return (
    (await tryStart(shared, input, options)) ??
    (await tryStart(own, input, options)) ??
    start(`${own}/${uuid4()}`, input, options)
  );
}

/** Ids are limited in length, on some servers to 255 bytes: a parent with a long one lends its child a uuid instead. */
function ownWorkflowId(shared: string): string {
  const own = `${shared}/${workflowInfo().workflowId}`;
  return new TextEncoder().encode(own).length <= 200 ? own : `${shared}/${uuid4()}`;
}

type Child = ChildWorkflowHandle<typeof awaitJobCompletion>;

async function tryStart(workflowId: string, input: AwaitJobInput, options: ChildOptions): Promise<Child | undefined> {
  try {
    return await start(workflowId, input, options);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

function start(workflowId: string, input: AwaitJobInput, options: ChildOptions): Promise<Child> {
  return startChild<typeof awaitJobCompletion>(AWAIT_JOB_COMPLETION, {
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: waiterSummary(input),
    ...options,
    workflowId,
    args: [input],
  });
}
