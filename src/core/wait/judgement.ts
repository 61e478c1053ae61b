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
  if (isCredentialError(error))
    return areCredentialsFinal(state, begunAt, options) ? checkFailure(state, error, now) : null;
  if (isRequestError(error)) return isRequestFinal(state, begunAt, options) ? checkFailure(state, error, now) : null;
  const { api } = error;
  const isFinal =
    api?.kind === 'notFound'
      ? isNotFoundFinal(state, error, begunAt, options)
      : !error.retryable || (api?.wrongSetup && isUnanswered(state));
  if (isFinal) return checkFailure(state, error, now);
  const { outage } = state;
  if (!isUsedUp(outage, LEAST_IN_A_ROW.outage, options.outageBudget, begunAt)) return null;
  return unreachableFailure(state, outage, summarizeError(error), now);
}

function areCredentialsFinal(state: WaitState, begunAt: number, { credentialBudget }: WaitOptions): boolean {
  if (isUnanswered(state) || credentialBudget === 0) return true;
  return isUsedUp(state.credentialFailing, LEAST_IN_A_ROW.credentials, credentialBudget, begunAt);
}

/** An error on the first check would only repeat. Once the API has answered, one odd answer, for example of a gateway, says nothing about the job. */
function isRequestFinal(state: WaitState, begunAt: number, { requestErrorBudget }: WaitOptions): boolean {
  if (isUnanswered(state) || requestErrorBudget === 0) return true;
  return isUsedUp(state.requestFailing ?? null, LEAST_IN_A_ROW.requests, requestErrorBudget, begunAt);
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
