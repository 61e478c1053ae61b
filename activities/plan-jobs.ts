import type { PlanRequest } from '../src/core/batch/plan';
import { PLAN_JOBS, READ_PLAN } from '../src/core/names';
import type { Storage } from '../src/storage/storage';
import type { DocumentsPort } from './batch/documents';
import { Planner } from './batch/planner';
import { BatchRecords } from './batch/records';
import { performStorage } from './batch/perform-storage';
import type { OperationActivities } from './types';

/** The activities that list documents and split them into jobs, and that tell a job its documents. */
export function createPlanJobs(
  storage: DocumentsPort & Pick<Storage, 'checkRecords'>,
): Pick<OperationActivities, typeof PLAN_JOBS | typeof READ_PLAN> {
  return {
    [PLAN_JOBS]: (request) => {
      const planner = new Planner(storage, request);
      const plan = async (signal: AbortSignal) => {
        await storage.checkRecords(request.to);
        return planner.run(signal);
      };
      const { to, documents, retryFailed, unlessIn } = request;
      return performStorage([to, placeOf(documents), retryFailed, unlessIn], plan, () => planner.memory);
    },
    [READ_PLAN]: (place) =>
      performStorage([place.to], async (signal) => ({
        documents: await BatchRecords.of(storage, place, signal).plannedDocuments(place.plan, place.part),
      })),
  };
}

/** Where documents are listed, or their list is. */
function placeOf(documents: PlanRequest['documents']): string | undefined {
  if (documents === undefined || Array.isArray(documents)) return undefined;
  return 'from' in documents ? documents.from : documents.list;
}
