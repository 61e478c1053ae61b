import { isNotNow } from '../errors';
import { isoTime } from '../instant';
import { isCredentialRefused } from './certainty';
import type { StartOptions } from './options';
import type { RefusedStart } from './refused-sends';
import type { JobToStart } from './request';
import { FAILED_SEARCH_GAP_MS, searchGaps } from './search';
import type { StartState } from './state';
import type { UncertainSend } from './uncertain-send';

/**
 * When each budget that a start uses up ends, ISO-8601. After that time, the first send, or look for its job, that fails for the same reason makes
 * the start fail, or go out without some documents.
 */
export interface StartBudgetEnds {
  /** `credentialBudget`; null unless the last send was refused for a storage's credential. */
  credentials: string | null;
  /** `startBudget`; null unless the service says "not now" or the workflow is busy. */
  start: string | null;
  /** The time for documents that cannot be read; null unless documents broke the last send while others could be read. */
  documents: string | null;
  /** `startOutageBudget`; null unless the last send or look brought no answer, or no worker takes it. */
  outage: string | null;
}

export const NO_START_BUDGET_ENDS: StartBudgetEnds = Object.freeze({
  credentials: null,
  start: null,
  documents: null,
  outage: null,
});

/**
 * Documents that break sends again and again are given up after this time in milliseconds, and after at least this number of sends. The other
 * documents are not given up with them. Histories depend on these values: never change one.
 */
export const BROKEN_DOCUMENTS = Object.freeze({ budgetMs: 600_000, fewestSends: 3 });

/** The budget that a refused send uses up, and its start. In milliseconds. */
interface BudgetInUse {
  name: keyof StartBudgetEnds;
  since: number;
  budgetMs: number;
}

export function budgetInUse(
  { limitedSince, outageSince, credentialSince, broken, at, error }: RefusedStart,
  options: Pick<StartOptions, 'credentialBudget' | 'startBudget' | 'startOutageBudget'>,
): BudgetInUse {
  if (isCredentialRefused(error))
    return { name: 'credentials', since: credentialSince ?? at, budgetMs: options.credentialBudget };
  if (error.api !== null && isNotNow(error.api))
    return { name: 'start', since: limitedSince ?? at, budgetMs: options.startBudget };
  const outage: BudgetInUse = { name: 'outage', since: outageSince ?? at, budgetMs: options.startOutageBudget };
  if (broken?.at !== at) return outage;
  const outageLeftMs = outage.since + outage.budgetMs - broken.since;
  return { name: 'documents', since: broken.since, budgetMs: Math.min(BROKEN_DOCUMENTS.budgetMs, outageLeftMs) };
}

export function startBudgetEnds(state: StartState, options: StartOptions): StartBudgetEnds {
  const { uncertain, refused, refusedBefore, busy, unserved, lastSendAt } = state;
  const ends = (name: keyof StartBudgetEnds, since: number, budgetMs: number): StartBudgetEnds => ({
    ...NO_START_BUDGET_ENDS,
    [name]: isoTime(since + budgetMs),
  });
  if (state.startedJob) return NO_START_BUDGET_ENDS;
  if (uncertain)
    return uncertain.failedSearches > 0 && !uncertain.isPartial
      ? ends('outage', uncertain.since, options.startOutageBudget)
      : NO_START_BUDGET_ENDS;
  if (unserved && lastSendAt !== null && !busy)
    return ends('outage', (refused ?? refusedBefore)?.outageSince ?? lastSendAt, options.startOutageBudget);
  if (refused) {
    const { name, since, budgetMs } = budgetInUse(refused, options);
    return ends(name, since, budgetMs);
  }
  return busy && options.whenBusy !== 'fail' ? ends('start', busy.since, options.startBudget) : NO_START_BUDGET_ENDS;
}

/** Until when, at most, the job of an unanswered start is looked for, if further looks are answered as the last one was. */
export function searchEnd(
  state: StartState,
  { since, searches, failedSearches, isPartial, lastSearchAt, cancelledAt = Infinity }: UncertainSend,
  options: StartOptions,
  jobToStart: JobToStart,
  uploads: number,
): number {
  const gaps = searchGaps(state, jobToStart, uploads).slice(searches);
  const lastLookAt = gaps.reduce((sum, gap) => sum + gap, lastSearchAt);
  const failingUntil = isPartial ? lastSearchAt + FAILED_SEARCH_GAP_MS : since + options.startOutageBudget;
  const at = failedSearches > 0 ? Math.max(failingUntil, lastSearchAt) : lastLookAt;
  return Math.min(at, cancelledAt + options.confirmLimit);
}
