import type { KeyedRunInput } from '../src/common/inputs';
import { checkKey, refuseRepeats } from '../src/core/run/check-input';
import type { RunJobResult } from '../src/core/run/result';
import { beginKeyedRun, type RunChildOptions } from './run/keyed-run';
import { checked } from './support/failures';

/** Input of the run with its key, and options of the child workflow. */
export type ExecuteRunJobOptions = KeyedRunInput & {
  /**
   * Further options of the child workflow, such as task queue, memo, search attributes, priority or parent close policy. Options that would
   * run it again are refused. The activities run on its task queue, unless the input names another.
   * @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: RunChildOptions | undefined;
};

/**
 * Runs a job from documents to files in a child workflow whose id is the key. A run of the same key that is in progress is joined. A run
 * that succeeded returns its result again. A run that failed is resumed with its job. None of these starts a second job while the
 * namespace's retention keeps the earlier run. For a new job, use a new key.
 *
 * Other documents, or another `start` or `account` than those of the earlier run, are refused. If that run is in progress or succeeded,
 * other `outputs` (except `parallel`), `failedFiles` or `onRefused` are refused, too. So is another `whenBusy` if one of the two is
 * `'adopt'`. In a joined run, the limits, gaps, budgets and other policies of its starter apply.
 *
 * When the parent continues as new, Temporal applies the parent close policy: the run is cancelled, and by default its job, too. Await the
 * result before that, or let a client start the run with `startRunJob`.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, before the child starts, or if other callers keep starting and
 * ending runs of this key
 * @throws ActivityFailure if an earlier run cannot be joined
 * @throws ChildWorkflowFailure if the run fails; `unstructuredFailure(err)` returns the typed failure
 */
export async function executeRunJob({ key, workflow, ...input }: ExecuteRunJobOptions): Promise<RunJobResult> {
  checked(() => {
    checkKey(key);
    refuseRepeats(workflow);
  });
  const run = await beginKeyedRun({ key, ...input }, workflow);
  return run.result();
}
