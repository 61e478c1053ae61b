import { WRITE_MANIFEST } from '../src/core/names';
import { closeBatch } from './batch/close-batch';
import { CredentialBudget } from './batch/credential-budget';
import { performStorage } from './batch/perform-storage';
import type { RecordsPort } from './batch/records';
import { whileAwaited } from './support/acknowledged-heartbeat';
import type { OperationActivities } from './types';

/** The activity that writes the manifest of a batch from its parts. It replaces the whole manifest. */
export function createWriteManifest(storage: RecordsPort): Pick<OperationActivities, typeof WRITE_MANIFEST> {
  return {
    [WRITE_MANIFEST]: (request) => {
      const budget = new CredentialBudget(request.credentialBudgetMs);
      return performStorage({ refs: [request.to], budget }, (signal) =>
        closeBatch(budget.records(storage), request, {
          signal,
          // Another run of the key may have written its own manifest by now.
          beforeWrite: whileAwaited(() => ({ refused: budget.soFar }), 'a part of the manifest was written'),
        }),
      );
    },
  };
}
