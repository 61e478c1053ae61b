import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  type ChildWorkflowOptions,
  log,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { toApplicationFailure } from '../../src/common/failure';
import type { RunJobInput } from '../../src/common/inputs';
import { RUN_JOB } from '../../src/core/names';
import type { RepeatOption } from '../../src/core/run/check-input';
import { type EndedRun, MAX_TRIES, memoOfRun, runToJoin, triedTooOften } from '../../src/core/run/join';
import type { RunJobResult } from '../../src/core/run/result';
import { mergeResumed } from '../../src/core/run/resume';
import { joinRun } from './join-run';
import { createRun } from './run';

/** Options of the child workflow of a run, or of a batch. */
export type RunChildOptions = Omit<
  ChildWorkflowOptions,
  'args' | 'workflowId' | 'workflowIdReusePolicy' | RepeatOption
>;

/** The run of a key. */
interface KeyedRun {
  result(): Promise<RunJobResult>;
  /** The earlier run of the key that this run resumes; undefined if this run is the first, or is joined. */
  earlier: EndedRun | undefined;
}

/** Starts the run of a key, joins a run that is in progress or succeeded, or resumes a run that failed. */
export async function beginKeyedRun(
  { key, ...input }: RunJobInput & { key: string },
  options: RunChildOptions | undefined,
): Promise<KeyedRun> {
  createRun(input); // refuses wrong input before anything is started
  let earlier: EndedRun | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const child = await tryStart(key, input, options, earlier);
    if (child) return { result: () => child.result(), earlier };
    const joined = await joinRun({ key, ...runToJoin(input) }, input.activityTaskQueue ?? options?.taskQueue);
    if (joined.status === 'completed') return { result: () => Promise.resolve(joined.result), earlier: undefined };
    log.info('An earlier run of the key is resumed', { key, reason: joined.reason });
    earlier = joined;
  }
  throw toApplicationFailure(triedTooOften(key));
}

/** Starts a run; undefined if a run of that id exists and may not be followed by another. */
async function tryStart(key: string, input: RunJobInput, options: RunChildOptions | undefined, earlier?: EndedRun) {
  const resume = mergeResumed(earlier?.resume ?? null, input.resume);
  const taken = { ...input, ...(resume ? { resume } : earlier && { keyUsedBefore: true }) };
  if (resume) createRun(taken);
  try {
    return await startChild<(input: RunJobInput) => Promise<RunJobResult>>(RUN_JOB, {
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `Unstructured run ${key}`,
      ...options,
      memo: { ...options?.memo, ...memoOfRun(taken) },
      workflowId: key,
      args: [taken],
      workflowIdReusePolicy: earlier
        ? WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
        : WorkflowIdReusePolicy.REJECT_DUPLICATE,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
