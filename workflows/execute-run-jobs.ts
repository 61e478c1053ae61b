import { executeChild, ParentClosePolicy, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { durationToMs } from '../src/common/duration';
import type { KeyedBatchInput } from '../src/common/inputs';
import { resolveBatchInput } from '../src/core/batch/input';
import { memoOfBatch } from '../src/core/batch/join';
import type { RunJobsResult } from '../src/core/batch/result';
import { RUN_JOBS } from '../src/core/names';
import { checkBatchKey } from '../src/core/batch/check-input';
import { refuseRepeats } from '../src/core/run/check-input';
import type { runJobs } from './run-jobs';
import type { RunChildOptions } from './run/keyed-run';
import { checked } from './support/failures';

/** Input of the batch with its key, and options of the child workflow. */
export type ExecuteRunJobsOptions = KeyedBatchInput & {
  /**
   * Further options of the child workflow, such as task queue, memo or search attributes. Options that would run it again are refused. Its
   * jobs and activities run on its task queue, unless the input names another.
   * @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: RunChildOptions | undefined;
};

/**
 * Runs a batch in a child workflow whose id is the key: as many jobs as the documents need, and a manifest with the outcome of each
 * document. If the key of a batch that has ended is run again, the batch resumes: jobs with an `ok` document in its manifest are not run
 * again. The same key with other documents, `start`, `account`, targets or job sizes is refused.
 *
 * When the parent continues as new, Temporal applies the parent close policy: the batch is cancelled, and by default its running jobs, too.
 * Await the result before that, or let a client start the batch with `startRunJobs`.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, before the child starts
 * @throws WorkflowExecutionAlreadyStartedError if a batch of the key is running
 * @throws ChildWorkflowFailure; `unstructuredFailure(err)` returns the typed failure
 * @example
 * const { counts, manifest } = await executeRunJobs({
 *   key: 'invoices-2026-11',
 *   start: { templateId: 'hi_res_partition' },
 *   documents: { from: 's3://inbox/2026-11/', match: '**\\/*.pdf' },
 *   outputs: { to: 's3://parsed/2026-11/' },
 * });
 */
export function executeRunJobs({ key, workflow, ...input }: ExecuteRunJobsOptions): Promise<RunJobsResult> {
  checked(() => {
    checkBatchKey(key);
    refuseRepeats(workflow);
    resolveBatchInput(input, durationToMs);
  });
  return executeChild<typeof runJobs>(RUN_JOBS, {
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `Unstructured batch ${key}`,
    ...workflow,
    memo: { ...workflow?.memo, ...memoOfBatch(input) },
    workflowId: key,
    args: [input],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  });
}
