import { namedManifests } from '../src/core/batch/manifest';
import type { PlanRequest } from '../src/core/batch/plan';
import { PLAN_JOBS } from '../src/core/names';
import type { Storage } from '../src/storage/storage';
import type { DocumentsPort } from './batch/documents';
import { Planner } from './batch/planner';
import { performStorage } from './batch/perform-storage';
import { CredentialBudget } from './batch/credential-budget';
import type { OperationActivities } from './types';

/** The activity that lists documents and splits them into jobs. */
export function createPlanJobs(
  storage: DocumentsPort & Pick<Storage, 'checkRecords'>,
): Pick<OperationActivities, typeof PLAN_JOBS> {
  return {
    [PLAN_JOBS]: (request) => {
      const { to, documents, credentialBudgetMs } = request;
      const budget = new CredentialBudget(credentialBudgetMs, request.memory);
      const planner = new Planner(budget.documents(storage), request);
      const plan = async (signal: AbortSignal) => {
        await storage.checkRecords(to);
        return planner.run(signal);
      };
      const refs = [to, listedPlace(documents), ...namedManifests(request)];
      return performStorage({ refs, budget, memory: () => planner.memory }, plan);
    },
  };
}

/** The folder to list, or the location of the list. */
function listedPlace(documents: PlanRequest['documents']): string | undefined {
  if (documents === undefined || Array.isArray(documents)) return undefined;
  return 'from' in documents ? documents.from : documents.list;
}
