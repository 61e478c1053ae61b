import { countStatuses } from '../src/core/batch/manifest';
import { WRITE_MANIFEST, WRITE_MANIFEST_PART } from '../src/core/names';
import { closeBatch } from './batch/close-batch';
import { performStorage } from './batch/perform-storage';
import { CredentialBudget } from './batch/credential-budget';
import { BatchRecords, type RecordsPort } from './batch/records';
import { whileAwaited } from './support/acknowledged-heartbeat';
import type { OperationActivities } from './types';

/** The activities that write a job's part of the manifest of its batch, and at the end the whole. What they write they replace whole. */
export function createWriteManifest(
  storage: RecordsPort,
): Pick<OperationActivities, typeof WRITE_MANIFEST_PART | typeof WRITE_MANIFEST> {
  return {
    [WRITE_MANIFEST_PART]: ({ part, lines, credentialBudgetMs, ...place }) => {
      const budget = new CredentialBudget(credentialBudgetMs);
      return performStorage({ refs: [place.to], budget }, async (signal) => {
        await beforeWrite(budget)();
        const records = BatchRecords.of(budget.records(storage), place, signal);
        return { location: await records.writeLines(part, lines), counts: countStatuses(lines) };
      });
    },
    [WRITE_MANIFEST]: (request) => {
      const budget = new CredentialBudget(request.credentialBudgetMs);
      return performStorage({ refs: [request.to], budget }, (signal) =>
        closeBatch(budget.records(storage), request, { signal, beforeWrite: beforeWrite(budget) }),
      );
    },
  };
}

/** Another run of the key may have written its own by now. */
function beforeWrite(budget: CredentialBudget): () => Promise<void> {
  return whileAwaited(() => ({ refused: budget.soFar }), 'a part of the manifest was written');
}
