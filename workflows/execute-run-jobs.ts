import { executeChild, ParentClosePolicy, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { durationToMs } from '../src/common/duration';
import type { KeyedBatchInput } from '../src/common/inputs';
import { resolveBatchInput } from '../src/core/batch/input';
import { memoOfBatch } from '../src/core/batch/join';
import type { RunJobsResult } from '../src/core/batch/result';
import { RUN_JOBS } from '../src/core/names';
import { checkKey, refuseRepeats } from '../src/core/run/check-input';
import type { runJobs } from './run-jobs';
import type { RunChildOptions } from './run/keyed-run';
import { checked } from './support/failures';

/** Input of the batch with its key, and options of the child workflow. */
export type ExecuteRunJobsOptions = KeyedBatchInput & {
  /**
   * More options of the child workflow, such as its task queue, memo or search attributes; none that would run it again. Its jobs and its
   * activities run on its task queue, too, where no other is named for these. @default parentClosePolicy REQUEST_CANCEL
   */
  workflow?: RunChildOptions | undefined;
};

/**
 * Runs a batch in a child workflow whose id is the key: as many jobs as the documents need, and a manifest that tells what became of each. A
 * batch that ended goes on where it stood when its key is run again: what is through, by its manifest, is not run again. The same key with
 * other documents, `start`, `account`, places or sizes of jobs is refused.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for wrong input, before there is a child
 * @throws WorkflowExecutionAlreadyStartedError where a batch of the key is under way
 * @throws ChildWorkflowFailure; `unstructuredFailure(err)` gives the typed failure inside
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
    checkKey(key);
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
