import { isoTime } from '../instant';
import type { WaitOptions } from './options';
import type { Streak, WaitState } from './state';

/** When each budget in use ends, ISO-8601. After that time, the first check that fails for the same reason ends the wait. */
export interface BudgetEnds {
  /** End of `credentialBudget`; null unless the last check was refused for the key. */
  credentials: string | null;
  /** End of `requestErrorBudget`; null unless the last check was refused with another 4xx. */
  requestErrors: string | null;
  /** End of `outageBudget`; null unless the last check failed. */
  outage: string | null;
  /** End of `unknownStatusBudget`; null unless the last status is unknown. */
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
