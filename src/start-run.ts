import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowClient,
  type WorkflowHandleWithFirstExecutionRunId,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { chainHandle } from './chain-handle';
import { RUN_JOB, RUN_MEMO } from './core/names';
import { invalidInput } from './core/errors';
import { resolveRunInput } from './core/run/input';
import { mergeResumed, type ResumedRun } from './core/run/resumed';
import type { RunJobResult } from './core/run/result';
import { durationToMs } from './duration';
import { describeRun, endOfRun } from './ended-run';
import type { KeyedRunInput, RunJobInput } from './run-input';

export interface StartRunJobOptions extends Omit<KeyedRunInput, 'taskQueue'> {
  /** Task queue of the run, that is of a worker with the workflow `runJob`. */
  taskQueue: string;
  /** Task queue of the activities. @default the run's own */
  activityTaskQueue?: string;
  /** More options of the workflow start, such as memo or search attributes. */
  workflow?: Omit<
    WorkflowStartOptions,
    'taskQueue' | 'args' | 'workflowId' | 'workflowIdConflictPolicy' | 'workflowIdReusePolicy'
  >;
}

export type RunJobHandle = WorkflowHandleWithFirstExecutionRunId<(input: RunJobInput) => Promise<RunJobResult>>;

/**
 * Starts a run whose workflow id is the key, or joins the one that is under way. One that succeeded is not run again: its handle gives its
 * result. One that failed is taken up with its job. None of these starts a second job: for a new one, use a new key.
 *
 * @returns the handle: `result()`, `query(runProgress)`, `signal(checkNow)`, `cancel()`
 * @throws UnstructuredValidationError naming the option and the value
 */
export async function startRunJob(
  client: Client | WorkflowClient,
  { key, taskQueue, activityTaskQueue, workflow, ...options }: StartRunJobOptions,
): Promise<RunJobHandle> {
  if (typeof key !== 'string' || key === '') throw invalidInput('Option key must be a string that is not empty.');
  const input: RunJobInput = { ...options, taskQueue: activityTaskQueue };
  resolveRunInput(input, durationToMs);
  const workflows = 'workflow' in client ? client.workflow : client;
  const start = async (isAgain: boolean, earlier: ResumedRun | null) => {
    const resume = mergeResumed(earlier, input.resume);
    const handle = await workflows.start<(input: RunJobInput) => Promise<RunJobResult>>(RUN_JOB, {
      staticSummary: `Unstructured run ${key}`,
      ...workflow,
      memo: { ...workflow?.memo, ...(resume && { [RUN_MEMO]: resume }) },
      taskQueue,
      args: [{ ...input, ...(resume && { resume }) }],
      workflowId: key,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: isAgain ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
    });
    return chainHandle(workflows, handle);
  };
  try {
    return await start(false, null);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const earlier = workflows.getHandle<(input: RunJobInput) => Promise<RunJobResult>>(key);
  await describeRun(earlier);
  const ended = await endOfRun(earlier);
  if (ended.status === 'ended') return start(true, ended.resume);
  const { runId } = await earlier.describe();
  return Object.assign(earlier, { firstExecutionRunId: runId });
}
