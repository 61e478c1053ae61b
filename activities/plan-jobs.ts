import { getClient } from '@temporalio/activity';
import type { PlanRequest } from '../src/core/batch/plan';
import { BEGIN_JOB, PLAN_JOBS, WRITE_PLAN } from '../src/core/names';
import type { Storage } from '../src/storage/storage';
import { requireRun } from '../src/temporal/earlier-runs';
import type { DocumentsPort } from './batch/documents';
import { Planner } from './batch/planner';
import { beginJob } from './batch/begin-job';
import { BatchRecords } from './batch/records';
import { performStorage } from './batch/perform-storage';
import { CredentialBudget } from './batch/credential-budget';
import { whileAwaited } from './support/acknowledged-heartbeat';
import type { OperationActivities } from './types';

/** The activities that list documents and split them into jobs, that write what came of it, and that tell a job its documents. */
export function createPlanJobs(
  storage: DocumentsPort & Pick<Storage, 'checkRecords'>,
): Pick<OperationActivities, typeof PLAN_JOBS | typeof WRITE_PLAN | typeof BEGIN_JOB> {
  return {
    [PLAN_JOBS]: (request) => {
      const { to, documents, retryFailed, unlessIn, credentialBudgetMs } = request;
      const budget = new CredentialBudget(credentialBudgetMs, request.memory);
      const planner = new Planner(budget.documents(storage), request);
      const plan = async (signal: AbortSignal) => {
        await storage.checkRecords(to);
        return planner.run(signal);
      };
      const refs = [to, listedPlace(documents), retryFailed, unlessIn];
      return performStorage({ refs, budget, memory: () => planner.memory }, plan);
    },
    [WRITE_PLAN]: ({ credentialBudgetMs, plan, ...place }) => {
      const budget = new CredentialBudget(credentialBudgetMs);
      return performStorage({ refs: [place.to], budget }, async (signal) => {
        const records = BatchRecords.of(budget.records(storage), place, signal);
        // Another run of the key may have a plan of its own by now, and go by it.
        const beforeWrite = whileAwaited(() => ({ refused: budget.soFar }), 'the plan was written');
        // Once the plan is there, a later run takes it as it is.
        if (Object.keys(plan.leftOut).length > 0) {
          const leftOut = await records.leftOut(plan.id);
          await beforeWrite();
          await records.writeLeftOut(leftOut);
        }
        await beforeWrite();
        await records.writePlan(plan);
      });
    },
    [BEGIN_JOB]: ({ credentialBudgetMs, ...place }) => {
      const budget = new CredentialBudget(credentialBudgetMs);
      return performStorage({ refs: [place.to], budget }, (signal) =>
        beginJob(BatchRecords.of(budget.records(storage), place, signal), place, {
          requireRun: (run) => requireRun(getClient().workflow, run),
          beforeWrite: whileAwaited(() => ({ refused: budget.soFar }), 'the begin of a job was noted'),
        }),
      );
    },
  };
}

/** The folder that is listed, or the location of the list. */
function listedPlace(documents: PlanRequest['documents']): string | undefined {
  if (documents === undefined || Array.isArray(documents)) return undefined;
  return 'from' in documents ? documents.from : documents.list;
}
