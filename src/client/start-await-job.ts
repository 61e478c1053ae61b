import { randomUUID } from 'node:crypto';
import type { Client, WorkflowClient, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { durationToMs } from '../common/duration';
import { type AwaitJobInput, type AwaitJobOptions, jobInput, type JobToAwait } from '../common/inputs';
import { AWAIT_JOB_COMPLETION, waiterSummary } from '../core/names';
import type { AwaitJobResult } from '../core/wait/report';
import { resolveWaitInput } from '../core/wait/input';
import { answerDigest, memoOfWait, noteOfWait, sharedWorkflowId, waiterIds } from '../core/wait/join';
import { followChain } from './joined-handle';
import { type MoreStartOptions, startListed, toWorkflowClient } from './start-options';

/** Options of the wait and of the start of its waiter. */
export interface StartAwaitJobOptions extends AwaitJobOptions {
  /** Task queue of the waiter. Its workers must have the workflow `awaitJobCompletion`. */
  taskQueue: string;
  /** Further options of the workflow start, such as memo or search attributes. */
  workflow?: MoreStartOptions | undefined;
}

/** Handle of a waiter that was started or joined. */
export interface AwaitJobHandle extends WorkflowHandleWithFirstExecutionRunId<
  (input: AwaitJobInput) => Promise<AwaitJobResult>
> {
  /** Whether the waiter was already running. If so, the limits, gaps and policies of its starter apply. */
  readonly joined: boolean;
}

/**
 * Starts a waiter for a job, or joins a running one that gives the same answer. That is one with the same `files`, `failedFiles`, `account` and
 * `knownFiles`, and the same task queue of the activities. A caller with other options gets a separate waiter, under an id that begins with the shared
 * one, and shares it with callers of the same options. If the running waiter was started by name, its options are unknown, and the caller also gets a
 * separate one.
 *
 * In a joined waiter, the limits, gaps and policies of its starter apply, including `onCancel` and `onLimit`. To wait for a shorter time, stop
 * awaiting the handle: that cancels nothing. If a parent workflow started the waiter, it ends with that parent, also for callers that joined it. A
 * waiter that has ended is started again. `result()` reads the run that was started or joined: call it before the namespace's retention deletes that
 * run, or start again.
 *
 * @returns the handle: `joined`, `result()`, `query(progress)`, `signal(checkNow)`, `cancel()`; `firstExecutionRunId` is the run that was started or
 * joined
 * @throws UnstructuredValidationError naming the option and the value
 */
export async function startAwaitJob(
  client: Client | WorkflowClient,
  job: JobToAwait,
  { taskQueue, workflow, ...options }: StartAwaitJobOptions,
): Promise<AwaitJobHandle> {
  const input: AwaitJobInput = { ...options, ...jobInput(job) };
  const resolved = resolveWaitInput(input, durationToMs);
  const workflows = toWorkflowClient(client);
  const startedBy = randomUUID();
  const answer = answerDigest(resolved, resolved.activityTaskQueue ?? taskQueue);
  const start = async (workflowId: string) => {
    const handle = await startListed<(input: AwaitJobInput) => Promise<AwaitJobResult>>(
      workflows,
      AWAIT_JOB_COMPLETION,
      {
        staticSummary: waiterSummary(input),
        ...workflow,
        memo: { ...workflow?.memo, ...memoOfWait(resolved, answer, startedBy) },
        taskQueue,
        args: [input],
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      },
      resolved.initial?.searchAttributes ?? null,
      resolved,
    );
    const { memo, raw } = await workflows.getHandle(workflowId, handle.firstExecutionRunId).describe();
    const chained = await followChain(workflows, handle, raw.workflowExecutionInfo?.firstRunId);
    return { handle: chained, note: noteOfWait(memo) };
  };
  const [sharedId, ...others] = waiterIds(sharedWorkflowId(resolved), answer, startedBy);
  let started = await start(sharedId);
  for (const id of others) if (started.note.answer !== answer) started = await start(id);
  return Object.assign(started.handle, { joined: started.note.startedBy !== startedBy });
}
