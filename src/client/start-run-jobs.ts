import type { Client, WorkflowClient, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { durationToMs } from '../common/duration';
import type { KeyedBatchInput, RunJobsInput } from '../common/inputs';
import { resolveBatchInput } from '../core/batch/input';
import { memoOfBatch, refuseOtherBatch } from '../core/batch/join';
import type { RunJobsResult } from '../core/batch/result';
import { invalidInput } from '../core/errors';
import { RUN_JOBS } from '../core/names';
import { checkBatchKey } from '../core/batch/check-input';
import { refuseRepeats, type RepeatOption } from '../core/run/check-input';
import { followChain } from './joined-handle';
import { type MoreStartOptions, startListed, toWorkflowClient } from './start-options';

/** Input of the batch with its key, and options of the start of its workflow. */
export type StartRunJobsOptions = KeyedBatchInput & {
  /** Task queue of the batch and of the runs of its jobs. Its workers must have the workflows `runJobs` and `runJob`. */
  taskQueue: string;
  /** Further options of the workflow start, such as memo or search attributes. Options that would run it again are refused. */
  workflow?: Omit<MoreStartOptions, RepeatOption> | undefined;
};

/** Handle of a batch that was started or joined. */
export type RunJobsHandle = WorkflowHandleWithFirstExecutionRunId<(input: RunJobsInput) => Promise<RunJobsResult>>;

/**
 * Starts a batch whose workflow id is the key, or joins a running one. A batch that has ended, whatever its outcome, is run again: it uses
 * its existing plan, and runs the jobs that have no `ok` document in its manifest. The same key with other documents, `start`, `account`,
 * targets or job sizes is refused. If no batch of the key is running, the new batch itself fails with that refusal.
 *
 * @returns the handle: `result()`, `query(batchProgress)`, `cancel()`
 * @throws UnstructuredValidationError naming the option and the value, or if a running batch of the key has another input
 * @example
 * const batch = await startRunJobs(client, {
 *   key: 'invoices-2026-11',
 *   taskQueue: 'documents',
 *   start: { templateId: 'hi_res_partition' },
 *   documents: { from: 's3://inbox/2026-11/', match: '**\\/*.pdf' },
 *   outputs: { to: 's3://parsed/2026-11/' },
 * });
 * const { counts, manifest } = await batch.result();
 */
export async function startRunJobs(
  client: Client | WorkflowClient,
  { key, taskQueue, workflow, ...input }: StartRunJobsOptions,
): Promise<RunJobsHandle> {
  checkBatchKey(key);
  refuseRepeats(workflow);
  const { account, searchAttributes } = resolveBatchInput(input, durationToMs);
  const workflows = toWorkflowClient(client);
  const handle = await startListed<(input: RunJobsInput) => Promise<RunJobsResult>>(
    workflows,
    RUN_JOBS,
    {
      staticSummary: `Unstructured batch ${key}`,
      ...workflow,
      taskQueue,
      args: [input],
      memo: { ...workflow?.memo, ...memoOfBatch(input) },
      workflowId: key,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    },
    searchAttributes,
    { account },
  );
  const { type, memo, raw } = await handle.describe();
  if (type !== RUN_JOBS)
    throw invalidInput(`Option key is ${JSON.stringify(key)}, the id of a workflow of type ${type}.`);
  refuseOtherBatch(key, memo, input);
  return followChain(workflows, handle, raw.workflowExecutionInfo?.firstRunId);
}
