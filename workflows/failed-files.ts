import { ActivityCancellationType, isCancellation, log, patched, proxyActivities } from '@temporalio/workflow';
import type { FailedFileList, OperationActivities } from '../activities/operations';
import { GET_JOB_DETAILS, GET_JOB_FAILED_FILES } from '../src/core/names';
import { COMPLETED_WITH_ERRORS, type JobDetails } from '../src/core/job-details';
import { NOT_ASKED, type DocumentsTold, type FailedFiles } from '../src/core/wait/account';
import { failedCall } from './failed-call';
import type { Wait, WaitHooks } from './wait';

/** Histories from before this question was asked replay without it. */
const PATCH = 'unstructured-failed-files';

/** The value of `processing_status` that says that no document failed. */
const NONE_FAILED = 'SUCCESS';

const NONE_NAMED = { failedFiles: [], failedFilesTotal: 0 };

export interface DocumentsAnswer {
  told: DocumentsTold;
  /** Whether it is certain that documents failed, named or not. */
  someFailed: boolean;
}

/**
 * Asks which documents of a COMPLETED job failed, unless the options say not to.
 * @throws ActivityFailure where the API does not tell and the policy is `fail`: then nobody knows whether the job is to be taken for one
 */
export async function askDocuments(wait: Wait, hooks: WaitHooks): Promise<DocumentsAnswer> {
  const { failedFiles: policy } = wait.input.options;
  if (policy === 'off' || !patched(PATCH)) return { told: NOT_ASKED, someFailed: false };
  noteAsking(wait, hooks);
  let known: JobDetails | undefined;
  try {
    known = await activitiesOf(wait, 'did documents fail?')[GET_JOB_DETAILS](jobOf(wait));
    return await withFailedFilesOf(wait, known);
  } catch (error) {
    const someFailed = known !== undefined && tellsOfErrors(known);
    if (isCancellation(error) || (policy === 'fail' && !someFailed)) throw error;
    const documents = known
      ? { ...NONE_NAMED, processingStatus: known.processingStatus, failedFilesTotal: null }
      : null;
    return { told: { documents, documentsProblem: problemOf(wait, error) }, someFailed };
  }
}

async function withFailedFilesOf(wait: Wait, details: JobDetails): Promise<DocumentsAnswer> {
  const { processingStatus } = details;
  const someFailed = tellsOfErrors(details);
  const isClean = processingStatus === NONE_FAILED && !someFailed;
  const failed = isClean ? NONE_NAMED : await failedFilesOf(wait);
  return {
    told: { documents: { processingStatus, ...failed }, documentsProblem: null },
    someFailed: someFailed || failed.failedFilesTotal > 0,
  };
}

function tellsOfErrors({ processingStatus, nodeStats }: JobDetails): boolean {
  return processingStatus === COMPLETED_WITH_ERRORS || nodeStats.some(({ failure }) => failure > 0);
}

/** The documents that a FAILED or STOPPED job could not process; undefined where that is not to be had. */
export async function askFailedFiles(wait: Wait, hooks: WaitHooks): Promise<FailedFiles | undefined> {
  if (wait.input.options.failedFiles === 'off' || !patched(PATCH)) return undefined;
  noteAsking(wait, hooks);
  try {
    return await failedFilesOf(wait);
  } catch (error) {
    if (isCancellation(error)) throw error;
    problemOf(wait, error);
    return undefined;
  }
}

async function failedFilesOf(wait: Wait): Promise<FailedFileList> {
  const { failedFiles, failedFilesTotal } = await activitiesOf(wait, 'which documents failed')[GET_JOB_FAILED_FILES](
    jobOf(wait),
  );
  return { failedFiles, failedFilesTotal };
}

function noteAsking(wait: Wait, hooks: WaitHooks): void {
  wait.activity = 'askingDocuments';
  hooks.changed?.();
}

function activitiesOf({ input }: Wait, summary: string): OperationActivities {
  return proxyActivities<OperationActivities>({
    taskQueue: input.taskQueue,
    startToCloseTimeout: '20 seconds',
    heartbeatTimeout: '10 seconds',
    scheduleToCloseTimeout: '10 minutes',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
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
