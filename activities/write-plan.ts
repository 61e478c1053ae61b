import { WRITE_PLAN } from '../src/core/names';
import { CredentialBudget } from './batch/credential-budget';
import { performStorage } from './batch/perform-storage';
import { BatchRecords, type RecordsPort } from './batch/records';
import { whileAwaited } from './support/acknowledged-heartbeat';
import type { OperationActivities } from './types';

/** The activity that writes the plan of a batch, and the list of the entries that it leaves out. */
export function createWritePlan(storage: RecordsPort): Pick<OperationActivities, typeof WRITE_PLAN> {
  return {
    [WRITE_PLAN]: ({ credentialBudgetMs, plan, ...place }) => {
      const budget = new CredentialBudget(credentialBudgetMs);
      return performStorage({ refs: [place.to], budget }, async (signal) => {
        const records = BatchRecords.of(budget.records(storage), place, signal);
        // Another run of the key may have its own plan by now, and use it.
        const beforeWrite = whileAwaited(() => ({ refused: budget.soFar }), 'the plan was written');
        // The list comes first: once the plan exists, a later run uses it as it is.
        if (Object.keys(plan.leftOut).length > 0) {
          const leftOut = await records.leftOut(plan.id);
          await beforeWrite();
          await records.writeLeftOut(leftOut);
        }
        await beforeWrite();
        await records.writePlan(plan);
      });
    },
  };
}
