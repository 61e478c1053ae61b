import type { KeyedRunInput } from '../src/common/inputs';
import { checkKey, refuseRepeats } from '../src/core/run/check-input';
import type { RunJobResult } from '../src/core/run/result';
import { beginKeyedRun, type RunChildOptions } from './run/keyed-run';
import { checked } from './support/failures';

/** Input of the run with its key, and options of the child workflow. */
export type ExecuteRunJobOptions = KeyedRunInput & {
  /**
   * More options of the child workflow, such as its task queue, memo, search attributes, priority or parent close policy; none that would
   * run it again. The activities run on its task queue, too, where no other is named for them. @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: RunChildOptions | undefined;
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
  const run = await beginKeyedRun({ key, ...input }, workflow);
  return run.result();
}
