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
   * Further options of the child workflow, such as task queue, memo, search attributes, priority or parent close policy. The activities run
   * on its task queue, unless the input names another.
   * @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: Omit<ChildWorkflowOptions, 'args' | 'workflowId' | 'workflowIdReusePolicy'> | undefined;
}

/**
 * Waits for a job in a child workflow, which has its own entry in lists, takes signals and queries, and has no limit of history. The child is
 * cancelled with its parent. With `onCancel: 'cancel'`, the job is stopped even if the parent is cancelled before the child exists. If another
 * workflow already waits for the job under the shared id, this parent gets a separate child. So the end, limits and cancellation of one parent never
 * affect the wait of another. A client joins the child under the shared id if it requests the same answer.
 *
 * When the parent continues as new, Temporal applies the parent close policy, which ends the wait. Await the result before that, or let a client
 * start the wait with `startAwaitJob`.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, before the child starts; otherwise ChildWorkflowFailure, from which
 * `unstructuredFailure(err)` returns the typed failure
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
  // No child can start in a cancelled scope. An inline wait then only stops its job.
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

/** Maximum length of a child's id. Servers limit the length of ids, some to 255 bytes. Histories depend on it. */
const MAX_ID_BYTES = 200;

/** If the parent's id is long, the child's id contains a uuid instead. */
function ownWorkflowId(shared: string): string {
  const own = `${shared}/${workflowInfo().workflowId}`;
  return new TextEncoder().encode(own).length <= MAX_ID_BYTES ? own : `${shared}/${uuid4()}`;
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
