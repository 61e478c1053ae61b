import type { ReadPlanRequest } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import type { PartRun } from '../../src/core/run/planned-job';
import { isUnsettled, readOutcome } from './job-outcome';
import type { BatchRecords } from './records';

/**
 * Notes that a run begins a job of the plan, and reads its documents. The note outlasts the run, which Temporal forgets after the retention
 * of the namespace: then it alone tells that a job may have been started.
 * @param requireRun Refuses a run that Temporal no longer knows: what any other has started, the run that follows it has heard
 * @throws UnstructuredNotFoundError if an earlier run that Temporal no longer knows may have started the job
 */
export async function beginJob(
  records: BatchRecords,
  { plan, part, run, isResumed }: ReadPlanRequest,
  requireRun: (run: PartRun) => Promise<unknown>,
): Promise<PlannedDocument[]> {
  const documents = await records.plannedDocuments(plan, part);
  const before = isResumed ? undefined : await records.begun(part);
  if (before && before.runId !== run.runId && isUnsettled(await readOutcome(records, part))) await requireRun(before);
  await records.writeBegun(part, run);
  return documents;
}
