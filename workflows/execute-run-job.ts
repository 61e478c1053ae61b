import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  type ChildWorkflowOptions,
  log,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { toApplicationFailure } from '../src/common/failure';
import type { KeyedRunInput, RunJobInput } from '../src/common/inputs';
import { RUN_JOB } from '../src/core/names';
import { checkKey, refuseRepeats, type RepeatOption } from '../src/core/run/check-input';
import { type EndedRun, MAX_TRIES, memoOfRun, runToJoin, triedTooOften } from '../src/core/run/join';
import type { RunJobResult } from '../src/core/run/result';
import { mergeResumed } from '../src/core/run/resume';
import type { runJob } from './run-job';
import { joinRun } from './run/join-run';
import { createRun } from './run/run';
import { checked } from './support/failures';

/** Input of the run with its key, and options of the child workflow. */
export type ExecuteRunJobOptions = KeyedRunInput & {
  /**
   * More options of the child workflow, such as its task queue, memo, search attributes, priority or parent close policy; none that would
   * run it again. The activities run on its task queue, too, where no other is named for them. @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: Omit<ChildWorkflowOptions, 'args' | 'workflowId' | 'workflowIdReusePolicy' | RepeatOption> | undefined;
};

/**
 * Runs a job from documents to files in a child workflow whose id is the key. A run of the same key that is under way is joined; one that
 * succeeded gives its result again; one that failed is taken up with its job. None of these starts a second job, as long as the namespace's
 * retention keeps the earlier run: for a new one, use a new key. Other documents, another `start` or `account` than the earlier run's are
 * refused; so are, where it is under way or succeeded, other `outputs` (`parallel` aside), `failedFiles` or `onRefused`. Its limits, gaps,
 * budgets and other policies hold.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, before there is a child, or where others keep starting and ending
 * runs of this key; ActivityFailure where an earlier run can't be joined; else ChildWorkflowFailure; `unstructuredFailure(err)` gives the
 * typed failure inside
 */
export async function executeRunJob({ key, workflow, ...input }: ExecuteRunJobOptions): Promise<RunJobResult> {
  checked(() => {
    checkKey(key);
    refuseRepeats(workflow);
  });
  createRun(input); // refuses bad input before anything is started
  let earlier: EndedRun | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const child = await tryStart(key, input, workflow, earlier);
    if (child) return child.result();
    const joined = await joinRun({ key, ...runToJoin(input) }, input.activityTaskQueue ?? workflow?.taskQueue);
    if (joined.status === 'completed') return joined.result;
    log.info('An earlier run of the key is taken up again', { key, reason: joined.reason });
    earlier = joined;
  }
  throw toApplicationFailure(triedTooOften(key));
}

/** undefined where a run of that id is, or was and may not be followed by another. */
async function tryStart(
  key: string,
  input: RunJobInput,
  options: ExecuteRunJobOptions['workflow'],
  earlier?: EndedRun,
) {
  const resume = mergeResumed(earlier?.resume ?? null, input.resume);
  const taken = { ...input, ...(resume ? { resume } : earlier && { again: true }) };
  if (resume) createRun(taken);
  try {
    return await startChild<typeof runJob>(RUN_JOB, {
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
