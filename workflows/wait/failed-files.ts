import { ActivityCancellationType, isCancellation, log, patched, proxyActivities } from '@temporalio/workflow';
import type { FailedFileList, OperationActivities } from '../../activities/operations';
import { GET_JOB_DETAILS, GET_JOB_FAILED_FILES } from '../../src/core/names';
import { NOT_ASKED, type DocumentsOutcome, type DocumentsTold, type FailedFiles } from '../../src/core/wait/account';
import { nextCheckAt } from '../../src/core/wait/decision';
import { judge } from '../../src/core/wait/judgement';
import { answered, observe } from '../../src/core/wait/observe';
import { checking } from '../../src/core/wait/state';
import { failedCall, type FailedCall } from './failed-call';
import { sleepUntil } from './poll';
import { failureOf, type Wait, type WaitHooks } from './wait';

/** Histories from before this question was asked replay without it. */
const PATCH = 'unstructured-failed-files';

/** The values of `processing_status` that say that no document failed, or that some did. */
const NONE_FAILED = 'SUCCESS';
const SOME_FAILED = 'COMPLETED_WITH_ERRORS';

export interface DocumentsAnswer {
  told: DocumentsTold;
  /** Whether it is certain that documents failed, named or not. */
  someFailed: boolean;
}

/**
 * Asks which documents of a COMPLETED job failed, unless the options say not to. By the policy `fail` nobody knows without the answer whether
 * the job is to be taken for a failure: the question is repeated as a check is, within the same budgets.
 *
 * @throws ApplicationFailure as a check does whose budget is used up, by the policy `fail` alone
 */
export async function askDocuments(wait: Wait, hooks: WaitHooks): Promise<DocumentsAnswer> {
  const { failedFiles: policy } = wait.input.options;
  if (policy === 'off' || !patched(PATCH)) return { told: NOT_ASKED, someFailed: false };
  for (;;) {
    wait.state = checking(wait.state);
    noteAsking(wait, hooks);
    const begunAt = Date.now();
    const { failed, ...answer } = await askOnce(wait);
    if (!failed || answer.someFailed || policy !== 'fail') {
      wait.state = answered(wait.state);
      return answer;
    }
    wait.state = observe(wait.state, failed, begunAt, Date.now());
    const failure = judge(wait.state, wait.input.options, Date.now());
    if (failure) throw failureOf(failure);
    await hooks.beforeStep?.();
    await sleepToNext(wait, hooks);
  }
}

/** @throws only a cancellation */
async function askOnce(wait: Wait): Promise<DocumentsAnswer & { failed?: FailedCall }> {
  let documents: DocumentsOutcome | null = null;
  let someFailed = false;
  try {
    const { processingStatus, nodeStats } = await activitiesOf(wait, 'did documents fail?')[GET_JOB_DETAILS](
      jobOf(wait),
    );
    someFailed = processingStatus === SOME_FAILED || nodeStats.some(({ failure }) => failure > 0);
    documents = { processingStatus, failedFiles: [], failedFilesTotal: null };
    const isClean = processingStatus === NONE_FAILED && !someFailed;
    const failed = isClean ? { failedFiles: [], failedFilesTotal: 0 } : await failedFilesOf(wait);
    const told = { documents: { processingStatus, ...failed }, documentsProblem: null };
    return { told, someFailed: someFailed || failed.failedFilesTotal > 0 };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failed = failedCall(error);
    return { told: { documents, documentsProblem: problemOf(wait, failed) }, someFailed, failed };
  }
}

/** The gap of a check, which a hint ends early. */
async function sleepToNext(wait: Wait, hooks: WaitHooks): Promise<void> {
  for (;;) {
    const at = nextCheckAt(wait.state, wait.input.options, 0);
    if (at <= Date.now()) return;
    await sleepUntil(wait, at, !wait.state.hints.pending, hooks);
  }
}

/** The documents that a FAILED or STOPPED job could not process; undefined where that is not to be had. */
export async function askFailedFiles(wait: Wait, hooks: WaitHooks): Promise<FailedFiles | undefined> {
  if (wait.input.options.failedFiles === 'off' || !patched(PATCH)) return undefined;
  noteAsking(wait, hooks);
  try {
    return await failedFilesOf(wait);
  } catch (error) {
    if (isCancellation(error)) throw error;
    problemOf(wait, failedCall(error));
    return undefined;
  }
}

function failedFilesOf(wait: Wait): Promise<FailedFileList> {
  return activitiesOf(wait, 'which documents failed')[GET_JOB_FAILED_FILES](jobOf(wait));
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

function problemOf({ state }: Wait, failed: FailedCall): string {
  const problem = failed.type === 'error' ? `${failed.error.type}: ${failed.error.message}` : failed.timeoutType;
  log.warn('The failed documents of the job could not be had', { jobId: state.jobId, problem });
  return problem;
}
