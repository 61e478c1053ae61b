import { isoTime } from '../instant';
import type { WaitOptions } from './options';
import type { Streak, WaitState } from './state';

/** When each budget that is being used up ends, ISO-8601: the wait fails with the next check that fails so, at the earliest. */
export interface BudgetEnds {
  /** `credentialBudget`; null where the last check was not refused for the key. */
  credentials: string | null;
  /** `requestErrorBudget`; null where the last check was not refused by another 4xx. */
  requestErrors: string | null;
  /** `outageBudget`; null where the last check did not fail. */
  outage: string | null;
  /** `unknownStatusBudget`; null where the last status is known. */
  unknownStatus: string | null;
}

export const NO_BUDGET_ENDS: BudgetEnds = Object.freeze({
  credentials: null,
  requestErrors: null,
  outage: null,
  unknownStatus: null,
});

export function budgetEnds(state: WaitState, options: WaitOptions): BudgetEnds {
  const { credentialFailing, requestFailing = null, outage, unknown } = state;
  return {
    credentials: budgetEnd(credentialFailing, options.credentialBudget),
    requestErrors: budgetEnd(requestFailing, options.requestErrorBudget),
    outage: budgetEnd(outage, options.outageBudget),
    unknownStatus: budgetEnd(unknown, options.unknownStatusBudget),
  };
}

function budgetEnd(streak: Streak | null, budgetMs: number): string | null {
  return streak && isoTime(streak.since + budgetMs);
}
