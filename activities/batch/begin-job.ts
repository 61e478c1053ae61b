import { attemptOf, type BeginJobRequest, type BegunJob } from '../../src/core/batch/plan';
import { createUnstructuredError } from '../../src/core/errors';
import type { PartRun } from '../../src/core/run/planned-job';
import { isUnsettled, type JobOutcome, readOutcome, reportedLines } from './job-outcome';
import type { BatchRecords } from './records';

/** What the beginning of a job needs besides the records. */
interface Beginning {
  /** Refuses an earlier run that Temporal no longer knows. If Temporal knows it, this run has learned what it started. */
  requireRun: (run: PartRun, jobId: string | null) => Promise<unknown>;
  /** Called before the note is written. @throws an error if writing is not allowed */
  beforeWrite: () => Promise<void>;
}

/**
 * Notes that a run begins a job of the plan, and reads the job's documents. The note outlives the run, which Temporal forgets after the retention of
 * the namespace. From then on, only the note says that a job may have been started.
 * @throws UnstructuredNotFoundError if a run that this one does not follow may have started the job
 */
export async function beginJob(
  records: BatchRecords,
  { key, plan, part, run, isResumed }: BeginJobRequest,
  { requireRun, beforeWrite }: Beginning,
): Promise<BegunJob> {
  const documents = await records.plannedDocuments(plan, part);
  const last = await records.begun(part);
  const attemptIn = ({ workflowId }: PartRun) => attemptOf(key, part, workflowId);
  const later = attemptIn(last ?? run) - attemptIn(run); // an attempt follows only one whose job was stopped
  if (isResumed && later > 0) return { documents, isSuperseded: true };
  const mayBeStarted = last && !isResumed && last.runId !== run.runId && later >= 0;
  const outcome = mayBeStarted && (await readOutcome(records, part));
  if (outcome && isUnsettled(outcome)) {
    if (later > 0) throw startedByLater(last);
    await requireRun(last, jobIdOf(outcome));
  }
  await beforeWrite();
  await records.writeBegun(part, run);
  return { documents, isSuperseded: false };
}

function jobIdOf(outcome: JobOutcome): string | null {
  return reportedLines(outcome)?.find(({ unsettled }) => unsettled)?.jobId ?? null;
}

function startedByLater({ workflowId }: PartRun): Error {
  const message = `The run ${JSON.stringify(workflowId)} of the same documents may have started a job.`;
  return createUnstructuredError(message, { kind: 'notFound' });
}
