import { isCredentialError, isJobNotFound, type SeenError, summaryOf } from '../call-error';
import type { WaitFailure } from '../typed-failure';
import { checkFailure, limitFailure, unreachableFailure } from './failure';
import type { WaitOptions } from './options';
import type { Streak, WaitState } from './state';

/** A budget says nothing while few checks were made: our own downtime is not the API's. */
const LEAST_IN_A_ROW = { outage: 10, credentials: 3, unknownStatus: 10 };

/** "Job not found" after the job was seen counts when said again at least this much later. */
const JOB_NOT_FOUND_CONFIRM_MS = 60_000;

/**
 * Whether what the last check brought ends the wait, limits aside. Budgets are measured up to the begin of that check and not up to now:
 * time in which no worker looked is ours.
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
  if (isCredentialError(error)) return areCredentialsFinal(state, begunAt, options) ? checkFailure(error) : null;
  const isFinal = error.api?.kind === 'notFound' ? isNotFoundFinal(state, error, begunAt, options) : !error.retryable;
  if (isFinal) return checkFailure(error);
  const { failing } = state;
  if (!isUsedUp(failing, LEAST_IN_A_ROW.outage, options.outageBudget, begunAt)) return null;
  return unreachableFailure(state, failing, summaryOf(error), now);
}

function areCredentialsFinal(
  { job, answers, credentialFailing }: WaitState,
  begunAt: number,
  options: WaitOptions,
): boolean {
  const { credentialBudget } = options;
  if ((!job && answers === 0) || credentialBudget === 0) return true;
  return isUsedUp(credentialFailing, LEAST_IN_A_ROW.credentials, credentialBudget, begunAt);
}

function isNotFoundFinal(
  { job, answers, startedAt, jobNotFoundSince }: WaitState,
  error: SeenError,
  begunAt: number,
  options: WaitOptions,
): boolean {
  if (answers === 0 && begunAt < startedAt + options.notFoundGrace) return false;
  if (!job && answers === 0) return true;
  return isJobNotFound(error) && jobNotFoundSince !== null && begunAt - jobNotFoundSince >= JOB_NOT_FOUND_CONFIRM_MS;
}

function isUsedUp(streak: Streak | null, least: number, budgetMs: number, begunAt: number): streak is Streak {
  return streak !== null && streak.count >= least && begunAt - streak.since >= budgetMs;
}
