import type { WorkflowHandle } from '@temporalio/client';
import { RUN_JOB, RUN_MEMO } from './core/names';
import { invalidInput } from './core/errors';
import type { ResumedRun } from './core/run/resumed';
import type { JoinedRun } from './core/run/join';
import type { RunJobResult } from './core/run/result';
import { unstructuredFailure } from './failure';

/** What is known of the latest run under a key. */
export interface RunState {
  isRunning: boolean;
}

/** @throws UnstructuredValidationError where the id belongs to another workflow; WorkflowNotFoundError */
export async function describeRun(handle: WorkflowHandle): Promise<RunState> {
  const { type, status } = await handle.describe();
  if (type !== RUN_JOB)
    throw invalidInput(`Option key is ${JSON.stringify(handle.workflowId)}, the id of a workflow of type ${type}.`);
  return { isRunning: status.name === 'RUNNING' || status.name === 'PAUSED' };
}

/** Waits for a run's end, also when it continues as new. */
export async function endOfRun(handle: WorkflowHandle): Promise<JoinedRun> {
  try {
    return { status: 'completed', result: (await handle.result()) as RunJobResult };
  } catch (error) {
    const { isRunning } = await describeRun(handle);
    if (isRunning) throw error; // not the run's end, but trouble on the way to it
    const failure = unstructuredFailure(error);
    if (!failure) return { status: 'ended', resume: await noted(handle), reason: causeOf(error) };
    const { type, message, details } = failure;
    return { status: 'ended', resume: details.run ?? (await noted(handle)), reason: `${type}: ${message}` };
  }
}

/** What a run that did not say it itself, as one that was terminated or whose input was refused, noted last; null where certainly no job was started. */
async function noted(handle: WorkflowHandle): Promise<ResumedRun | null> {
  const { memo } = await handle.describe();
  return (memo?.[RUN_MEMO] as ResumedRun | null | undefined) ?? null;
}

function causeOf(error: unknown): string {
  const { cause } = error as Error;
  return String(cause instanceof Error ? cause.message : error);
}
