import { isNotNow } from '../errors';
import { isoTime } from '../instant';
import { isCredentialRefused } from './certainty';
import type { StartOptions } from './options';
import type { RefusedStart } from './refused';
import type { JobToStart } from './request';
import { searchGaps } from './search';
import type { StartState, UncertainSend } from './state';

/** When each budget that a start uses up ends, ISO-8601: the start fails with the next send, or look for its job, that fails so, at the earliest. */
export interface StartBudgetEnds {
  /** `credentialBudget`; null where the last send was not refused for a storage's credential. */
  credentials: string | null;
  /** `startBudget`; null where the service does not say "not now", and its workflow is not busy. */
  start: string | null;
  /** `startOutageBudget`; null where the last send, or the last look, was not without an answer, and a worker takes it. */
  outage: string | null;
}

export const NO_START_BUDGET_ENDS: StartBudgetEnds = Object.freeze({ credentials: null, start: null, outage: null });

/** The budget that a refused send uses up, and since when. In milliseconds. */
export interface BudgetInUse {
  name: keyof StartBudgetEnds;
  since: number;
  budgetMs: number;
}

export function budgetInUse(
  { limitedSince, outageSince, credentialSince, at, error }: RefusedStart,
  options: Pick<StartOptions, 'credentialBudget' | 'startBudget' | 'startOutageBudget'>,
): BudgetInUse {
  if (isCredentialRefused(error))
    return { name: 'credentials', since: credentialSince ?? at, budgetMs: options.credentialBudget };
  return error.api !== null && isNotNow(error.api)
    ? { name: 'start', since: limitedSince ?? at, budgetMs: options.startBudget }
    : { name: 'outage', since: outageSince ?? at, budgetMs: options.startOutageBudget };
}

export function startBudgetEnds(state: StartState, options: StartOptions): StartBudgetEnds {
  const { uncertain, refused, busy, unserved, lastSendAt } = state;
  const ends = (name: keyof StartBudgetEnds, since: number, budgetMs: number): StartBudgetEnds => ({
    ...NO_START_BUDGET_ENDS,
    [name]: isoTime(since + budgetMs),
  });
  if (state.startedJob) return NO_START_BUDGET_ENDS;
  if (uncertain)
    return uncertain.failedSearches > 0
      ? ends('outage', uncertain.since, options.startOutageBudget)
      : NO_START_BUDGET_ENDS;
  if (unserved && lastSendAt !== null && !busy)
    return ends('outage', refused?.outageSince ?? lastSendAt, options.startOutageBudget);
  if (refused) {
    const { name, since, budgetMs } = budgetInUse(refused, options);
    return ends(name, since, budgetMs);
  }
  return busy && options.whenBusy !== 'fail' ? ends('start', busy.since, options.startBudget) : NO_START_BUDGET_ENDS;
}

/** Until when the job of a start that was not answered is looked for at most, if looks are answered as the last one was. */
export function searchEnd(
  state: StartState,
  { since, searches, failedSearches, lastSearchAt, cancelledAt = Infinity }: UncertainSend,
  options: StartOptions,
  jobToStart: JobToStart,
  uploads: number,
): number {
  const gaps = searchGaps(state, jobToStart, uploads).slice(searches);
  const lastLookAt = gaps.reduce((sum, gap) => sum + gap, lastSearchAt);
  const at = failedSearches > 0 ? Math.max(since + options.startOutageBudget, lastSearchAt) : lastLookAt;
  return Math.min(at, cancelledAt + options.confirmLimit);
}
