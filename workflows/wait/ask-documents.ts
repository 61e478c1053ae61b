import { isCancellation, log } from '@temporalio/workflow';
import { toApplicationFailure } from '../../src/common/failure';
import { callErrorOf, type FailedCall, isJobNotFound } from '../../src/core/call-error';
import type { FailedFileList } from '../../src/core/job-details';
import { type ReportedDocuments, type FailedFiles, NOT_ASKED } from '../../src/core/wait/report';
import { judgeQuestion, type Limit, nextCheckAt } from '../../src/core/wait/decision';
import {
  type ReportedDetails,
  detailsDoubt,
  isLate,
  documentsOutcome,
  saysNoneFailed,
  saysSomeFailed,
} from '../../src/core/wait/documents';
import { answered, observe } from '../../src/core/wait/observe';
import { checkChance, checking } from '../../src/core/wait/next-check';
import { failedQuestion, documentQuestions } from './document-questions';
import { sleepUntil } from './poll';
import type { Wait, WaitHooks } from './wait';

/**
 * How long details are requested again if they lag behind a COMPLETED job or do not exist yet, and the wait could end without them. In milliseconds.
 * Histories depend on it.
 */
const LATE_DETAILS_MS = 120_000;

interface DocumentsAnswer {
  told: ReportedDocuments;
  /** Whether documents count as failed, named or not. */
  someFailed: boolean;
}

/**
 * Asks which documents of a COMPLETED job failed, unless the options say not to. Under the policy `fail`, the answer decides whether the wait fails.
 * The question is therefore repeated like a check, within the same budgets and up to the limit. Under `return`, it is repeated for two minutes if the
 * details lag behind the job or do not exist.
 *
 * @throws ApplicationFailure under the policy `fail`, as after a check, if a budget is used up or a limit has passed
 */
export async function askDocuments(wait: Wait, limit: Limit | null, hooks: WaitHooks): Promise<DocumentsAnswer> {
  const { options } = wait;
  const { failedFiles: policy } = options;
  if (policy === 'off') return { told: NOT_ASKED, someFailed: false };
  const isStrict = policy === 'fail';
  const limitAt = limit?.at ?? Infinity;
  const until = isStrict ? limitAt : Math.min(limitAt, Date.now() + LATE_DETAILS_MS);
  for (;;) {
    wait.state = checking(wait.state);
    noteAsking(wait, hooks);
    const begunAt = Date.now();
    const { failed, late, ...answer } = await askOnce(wait, limit, hooks);
    logChange(wait, failed);
    const isLast = isStrict ? answer.someFailed : !late || Date.now() >= until;
    if (!failed || isLast) {
      wait.state = answered(wait.state);
      return answer;
    }
    wait.state = observe(wait.state, failed, begunAt, Date.now());
    const failure = isStrict && judgeQuestion(wait.state, options, limit, Date.now());
    if (failure) throw toApplicationFailure(failure);
    if (isStrict) await hooks.beforeStep?.();
    await sleepToNext(wait, until, hooks);
  }
}

/** @throws only a cancellation */
async function askOnce(
  wait: Wait,
  limit: Limit | null,
  hooks: WaitHooks,
): Promise<DocumentsAnswer & { failed?: FailedCall; late: boolean }> {
  const ask = documentQuestions(wait, limit, hooks);
  let details: ReportedDetails | null = null;
  let list: FailedFileList | null = null;
  let failed: FailedCall | undefined;
  try {
    details = await ask.details();
    if (!saysNoneFailed(details)) list = await ask.failedFiles();
    const doubt = detailsDoubt(details);
    if (doubt) failed = { type: 'error', error: doubt };
  } catch (error) {
    if (isCancellation(error)) throw error;
    failed = failedQuestion(error);
  }
  const documents = details && documentsOutcome(details, list);
  const documentsError = failed ? documentsErrorText(failed) : null;
  const someFailed = details !== null && saysSomeFailed(details, list);
  const late = details === null ? failed?.type === 'error' && isJobNotFound(failed.error) : isLate(details);
  return { told: { documents, documentsError }, someFailed, failed, late };
}

/** Sleeps for the gap of a check, but no longer than until `until`. A hint ends the sleep early. */
async function sleepToNext(wait: Wait, until: number, hooks: WaitHooks): Promise<void> {
  for (;;) {
    const at = Math.min(nextCheckAt(wait.state, wait.options, checkChance(wait.state)), until);
    if (at <= Date.now()) return;
    await sleepUntil(wait, at, !wait.state.hints.pending, hooks);
  }
}

/** The documents that a FAILED or STOPPED job could not process; undefined if they are unknown. */
export async function askFailedFiles(
  wait: Wait,
  limit: Limit | null,
  hooks: WaitHooks,
): Promise<FailedFiles | undefined> {
  if (wait.options.failedFiles === 'off') return undefined;
  noteAsking(wait, hooks);
  try {
    return await documentQuestions(wait, limit, hooks).failedFiles();
  } catch (error) {
    if (isCancellation(error)) throw error;
    logChange(wait, failedQuestion(error));
    return undefined;
  }
}

function noteAsking(wait: Wait, hooks: WaitHooks): void {
  wait.activity = 'askingDocuments';
  hooks.changed?.();
}

/** Logs an error once per change of its type. A question may fail for hours, and the wait's progress shows the rest. */
function logChange({ state: { jobId, failing, lastError } }: Wait, failed: FailedCall | undefined): void {
  const before = failing ? lastError?.type : undefined;
  if (failed && callErrorOf(failed).type !== before)
    log.warn('The failed documents of the job could not be read', { jobId, error: documentsErrorText(failed) });
  else if (!failed && before !== undefined)
    log.info('The question which documents failed is answered again', { jobId });
}

function documentsErrorText(failed: FailedCall): string {
  const { type, message } = callErrorOf(failed);
  return `${type}: ${message}`;
}
