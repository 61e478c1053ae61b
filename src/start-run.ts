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
import { checkKey } from './core/run/check-input';
import { resolveRunInput } from './core/run/input';
import { mergeResumed, type ResumedRun } from './core/run/resumed';
import type { RunJobResult } from './core/run/result';
import { durationToMs } from './duration';
import { describeRun, endOfRun } from './ended-run';
import type { KeyedRunInput, RunJobInput } from './run-input';

/** Options with which the server itself would start a run anew, and with it a second job. */
const REPEATS = ['retry', 'cronSchedule'] as const;

export interface StartRunJobOptions extends Omit<KeyedRunInput, 'taskQueue'> {
  /** Task queue of the run, that is of a worker with the workflow `runJob`. */
  taskQueue: string;
  /** Task queue of the activities. @default the run's own */
  activityTaskQueue?: string;
  /** More options of the workflow start, such as memo or search attributes; none that would run it again. */
  workflow?: Omit<
    WorkflowStartOptions,
    | 'taskQueue'
    | 'args'
    | 'workflowId'
    | 'workflowIdConflictPolicy'
    | 'workflowIdReusePolicy'
    | (typeof REPEATS)[number]
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
  checkKey(key);
  refuseRepeats(workflow);
  const input: RunJobInput = { ...options, taskQueue: activityTaskQueue };
  const workflows = 'workflow' in client ? client.workflow : client;
  const start = async (isAgain: boolean, earlier: ResumedRun | null) => {
    const resume = mergeResumed(earlier, input.resume);
    const taken = { ...input, ...(resume && { resume }) };
    resolveRunInput(taken, durationToMs);
    const handle = await workflows.start<(input: RunJobInput) => Promise<RunJobResult>>(RUN_JOB, {
      staticSummary: `Unstructured run ${key}`,
      ...workflow,
      memo: { ...workflow?.memo, ...(resume && { [RUN_MEMO]: resume }) },
      taskQueue,
      args: [taken],
      workflowId: key,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: isAgain ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
    });
    await describeRun(handle); // a workflow that is no run may have the key
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

function refuseRepeats(workflow: object = {}): void {
  const given = new Map<string, unknown>(Object.entries(workflow));
  const name = REPEATS.find((repeat) => given.get(repeat) !== undefined);
  if (name !== undefined)
    throw invalidInput(`Option workflow.${name} would start a second job: call again with the same key instead.`);
}
