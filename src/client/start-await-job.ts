import type {
  Client,
  WorkflowClient,
  WorkflowHandleWithFirstExecutionRunId,
  WorkflowStartOptions,
} from '@temporalio/client';
import { durationToMs } from '../common/duration';
import { type AwaitJobInput, type AwaitJobOptions, jobInput, type JobToAwait } from '../common/inputs';
import { AWAIT_JOB_COMPLETION, sharedWorkflowId, waiterSummary } from '../core/names';
import type { AwaitJobResult } from '../core/wait/account';
import { resolveWaitInput } from '../core/wait/input';
import { chainHandle } from './joined-handle';

export interface StartAwaitJobOptions extends Omit<AwaitJobOptions, 'taskQueue'> {
  /** Task queue of the waiter, that is of a worker with the workflow `awaitJobCompletion`. */
  taskQueue: string;
  /** Task queue of the activities. @default the waiter's own */
  activityTaskQueue?: string | undefined;
  /** More options of the workflow start, such as memo or search attributes. */
  workflow?:
    | Omit<
        WorkflowStartOptions,
        'taskQueue' | 'args' | 'workflowId' | 'workflowIdConflictPolicy' | 'workflowIdReusePolicy'
      >
    | undefined;
}

export type AwaitJobHandle = WorkflowHandleWithFirstExecutionRunId<(input: AwaitJobInput) => Promise<AwaitJobResult>>;

/**
 * Starts a waiter for a job, or joins the one that runs: then its options hold, and walking away from the handle cancels nothing. A waiter
 * that a parent workflow started ends with that parent, for those who joined it, too. One that has ended, in whatever way, is started anew. Its
 * `result()` is asked of the run that was started or joined: do so before the namespace's retention deletes that, or start once more.
 *
 * @returns the handle: `result()`, `query(progress)`, `signal(checkNow)`, `cancel()`; its `firstExecutionRunId` is the run that was started or joined
 * @throws UnstructuredValidationError naming the option and the value
 */
export async function startAwaitJob(
  client: Client | WorkflowClient,
  job: JobToAwait,
  { taskQueue, activityTaskQueue, workflow, ...options }: StartAwaitJobOptions,
): Promise<AwaitJobHandle> {
  const input: AwaitJobInput = { ...options, ...jobInput(job), taskQueue: activityTaskQueue };
  const resolved = resolveWaitInput(input, durationToMs);
  const workflows = 'workflow' in client ? client.workflow : client;
  const handle = await workflows.start<(input: AwaitJobInput) => Promise<AwaitJobResult>>(AWAIT_JOB_COMPLETION, {
    staticSummary: waiterSummary(input),
    ...workflow,
    taskQueue,
    args: [input],
    workflowId: sharedWorkflowId(resolved),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  return await chainHandle(workflows, handle);
}
