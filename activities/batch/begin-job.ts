import { attemptOf } from '../../src/core/batch/attempt';
import type { BeginJobRequest, BegunJob } from '../../src/core/batch/plan';
import { createUnstructuredError } from '../../src/core/errors';
import type { PartRun } from '../../src/core/run/planned-job';
import { isUnsettled, type JobOutcome, readOutcome, reportedLines } from './job-outcome';
import type { BatchRecords } from './records';

/** What the start of a job needs besides its records. */
interface Beginning {
  /** Refuses a run that Temporal no longer knows. What any other has started, the run that follows it has heard. */
  requireRun: (run: PartRun, jobId: string | null) => Promise<unknown>;
  /** Called before the note is written. @throws whatever forbids it */
  beforeWrite: () => Promise<void>;
}

/**
 * Notes that a run begins a job of the plan, and reads its documents. The note outlasts the run, which Temporal forgets after the retention
 * of the namespace: then it alone tells that a job may have been started.
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
  const later = attemptIn(last ?? run) - attemptIn(run); // an attempt follows only on one whose job was stopped
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
