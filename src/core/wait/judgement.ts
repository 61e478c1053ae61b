import { isCredentialError, isJobNotFound, isRequestError, type SeenError, summarizeError } from '../call-error';
import { checkFailure, limitFailure, unreachableFailure } from './failure';
import type { WaitFailure } from './failure-details';
import type { WaitOptions } from './options';
import type { Streak, WaitState } from './state';

/**
 * Number of checks in a row that are needed before a budget counts as used up: downtime of the worker is not downtime of the API. Histories depend on
 * it.
 */
const LEAST_IN_A_ROW = { outage: 10, credentials: 3, requests: 3, unknownStatus: 10 };

/** After the job was seen, "Job not found" is final only if the API repeats it at least this much later. Histories depend on it. */
const JOB_NOT_FOUND_CONFIRM_MS = 60_000;

/**
 * Decides whether the outcome of the last check ends the wait, limits aside. Budgets are measured up to the start of that check, not up to now: time
 * in which no worker checked does not count.
 */
export function judge(state: WaitState, options: WaitOptions, now: number): WaitFailure | null {
  const { lastCheck, lastError } = state;
  if (lastCheck?.outcome === 'answer') return judgeAnswer(state, lastCheck.begunAt, options, now);
  if (lastCheck?.outcome === 'error' && lastError) return judgeError(state, lastError, lastCheck.begunAt, options, now);
  return null;
}

function judgeAnswer(state: WaitState, begunAt: number, options: WaitOptions, now: number): WaitFailure | null {
  const { unknownStatusBudget } = options;
  if (!isUsedUp(state.unknown, LEAST_IN_A_ROW.unknownStatus, unknownStatusBudget, begunAt)) return null;
  return limitFailure(state, 'unknownStatus', unknownStatusBudget, now);
}

function judgeError(
  state: WaitState,
  error: SeenError,
  begunAt: number,
  options: WaitOptions,
  now: number,
): WaitFailure | null {
  const { api } = error;
  const { outage } = state;
  const [row, least, budgetMs] = ownBudget(state, error, options);
  const isFinal = row
    ? isUnanswered(state) || budgetMs === 0 || isUsedUp(row, least, budgetMs, begunAt)
    : api?.kind === 'notFound'
      ? isNotFoundFinal(state, error, begunAt, options)
      : !error.retryable || (api?.wrongSetup && isUnanswered(state));
  if (isFinal) return checkFailure(state, error, now);
  // Errors of alternating kinds end here: each change of the kind restarts the budget of that kind.
  if (!isUsedUp(outage, LEAST_IN_A_ROW.outage, Math.max(options.outageBudget, budgetMs), begunAt)) return null;
  return unreachableFailure(state, outage, summarizeError(error), now);
}

/**
 * The row of failures that an error extends, if its kind has a budget of its own. On the first check such an error is final, because it would only
 * repeat. Once the API has answered, one odd answer, for example of a gateway, says nothing about the job.
 */
function ownBudget(
  { credentialFailing, requestFailing = null }: WaitState,
  error: SeenError,
  { credentialBudget, requestErrorBudget }: WaitOptions,
): [row: Streak | null, least: number, budgetMs: number] {
  if (isCredentialError(error)) return [credentialFailing, LEAST_IN_A_ROW.credentials, credentialBudget];
  if (isRequestError(error)) return [requestFailing, LEAST_IN_A_ROW.requests, requestErrorBudget];
  return [null, 0, 0];
}

/** Whether no check has been answered yet. */
function isUnanswered({ job, answers }: WaitState): boolean {
  return !job && answers === 0;
}

function isNotFoundFinal(state: WaitState, error: SeenError, begunAt: number, options: WaitOptions): boolean {
  const { answers, startedAt, jobNotFoundSince } = state;
  if (answers === 0 && begunAt < startedAt + options.notFoundGrace) return false;
  if (isUnanswered(state)) return true;
  return isJobNotFound(error) && jobNotFoundSince !== null && begunAt - jobNotFoundSince >= JOB_NOT_FOUND_CONFIRM_MS;
}

function isUsedUp(streak: Streak | null, least: number, budgetMs: number, begunAt: number): streak is Streak {
  return streak !== null && streak.count >= least && begunAt - streak.since >= budgetMs;
}
