import { getClient } from '@temporalio/activity';
import { BEGIN_JOB } from '../src/core/names';
import { requireRun } from '../src/temporal/earlier-runs';
import { beginJob } from './batch/begin-job';
import { CredentialBudget } from './batch/credential-budget';
import { performStorage } from './batch/perform-storage';
import { BatchRecords, type RecordsPort } from './batch/records';
import { whileAwaited } from './support/acknowledged-heartbeat';
import type { OperationActivities } from './types';

/** The activity that records the start of a job of a batch, and returns its documents. */
export function createBeginJob(storage: RecordsPort): Pick<OperationActivities, typeof BEGIN_JOB> {
  return {
    [BEGIN_JOB]: ({ credentialBudgetMs, ...place }) => {
      const budget = new CredentialBudget(credentialBudgetMs);
      return performStorage({ refs: [place.to], budget }, (signal) =>
        beginJob(BatchRecords.of(budget.records(storage), place, signal), place, {
          requireRun: (run, jobId) => requireRun(getClient().workflow, run, jobId),
          beforeWrite: whileAwaited(() => ({ refused: budget.soFar }), 'the start of a job was recorded'),
        }),
      );
    },
  };
}
