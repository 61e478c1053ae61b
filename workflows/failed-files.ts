import { isCancellation, log, patched, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../activities/operations';
import { GET_JOB_DETAILS, GET_JOB_FAILED_FILES } from '../src/core/names';
import { NOT_ASKED, type DocumentsOutcome, type DocumentsTold, type FailedFiles } from '../src/core/wait/account';
import { failedCall } from './failed-call';
import type { Wait } from './wait';

/** Histories from before this question was asked replay without it. */
const PATCH = 'unstructured-failed-files';

/** The value of `processing_status` that says that no document failed. */
const NONE_FAILED = 'SUCCESS';

/**
 * Asks which documents of a COMPLETED job failed, unless the options say not to.
 * @throws ActivityFailure where the API does not tell and the policy is `fail`: then nobody knows whether the job is to be taken for one
 */
export async function askDocuments(wait: Wait): Promise<DocumentsTold> {
  const { failedFiles } = wait.input.options;
  if (failedFiles === 'off' || !patched(PATCH)) return NOT_ASKED;
  try {
    return { documents: await documentsOf(wait), documentsProblem: null };
  } catch (error) {
    if (isCancellation(error) || failedFiles === 'fail') throw error;
    return { documents: null, documentsProblem: problemOf(wait, error) };
  }
}

/** The documents that a FAILED or STOPPED job could not process; undefined where that is not to be had. */
export async function askFailedFiles(wait: Wait): Promise<FailedFiles | undefined> {
  if (wait.input.options.failedFiles === 'off' || !patched(PATCH)) return undefined;
  try {
    return await activitiesOf(wait, 'which documents failed')[GET_JOB_FAILED_FILES](jobOf(wait));
  } catch (error) {
    if (isCancellation(error)) throw error;
    problemOf(wait, error);
    return undefined;
  }
}

async function documentsOf(wait: Wait): Promise<DocumentsOutcome> {
  const { processingStatus } = await activitiesOf(wait, 'did documents fail?')[GET_JOB_DETAILS](jobOf(wait));
  if (processingStatus === NONE_FAILED) return { processingStatus, failedFiles: [], failedFilesTotal: 0 };
  const { failedFiles, failedFilesTotal } = await activitiesOf(wait, 'which documents failed')[GET_JOB_FAILED_FILES](
    jobOf(wait),
  );
  return { processingStatus, failedFiles, failedFilesTotal };
}

function activitiesOf({ input }: Wait, summary: string): OperationActivities {
  return proxyActivities<OperationActivities>({
    taskQueue: input.taskQueue,
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: '10 minutes',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 8 },
    summary,
  });
}

function jobOf({ state: { jobId }, input: { account } }: Wait): { jobId: string; account?: string } {
  return { jobId, account };
}

function problemOf({ state }: Wait, error: unknown): string {
  const failed = failedCall(error);
  const problem = failed.type === 'error' ? `${failed.error.type}: ${failed.error.message}` : failed.timeoutType;
  log.warn('The failed documents of the job could not be had', { jobId: state.jobId, problem });
  return problem;
}
