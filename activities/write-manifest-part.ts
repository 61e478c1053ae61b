import { countStatuses } from '../src/core/batch/manifest';
import { WRITE_MANIFEST_PART } from '../src/core/names';
import { CredentialBudget } from './batch/credential-budget';
import { performStorage } from './batch/perform-storage';
import { BatchRecords, type RecordsPort } from './batch/records';
import { whileAwaited } from './support/acknowledged-heartbeat';
import type { OperationActivities } from './types';

/** The activity that writes a job's part of the manifest of its batch. It replaces the whole part. */
export function createWriteManifestPart(storage: RecordsPort): Pick<OperationActivities, typeof WRITE_MANIFEST_PART> {
  return {
    [WRITE_MANIFEST_PART]: ({ part, lines, credentialBudgetMs, ...place }) => {
      const budget = new CredentialBudget(credentialBudgetMs);
      return performStorage({ refs: [place.to], budget }, async (signal) => {
        // Another run of the key may have written its own part by now.
        await whileAwaited(() => ({ refused: budget.soFar }), 'a part of the manifest was written')();
        const records = BatchRecords.of(budget.records(storage), place, signal);
        return { location: await records.writeLines(part, lines), counts: countStatuses(lines) };
      });
    },
  };
}
