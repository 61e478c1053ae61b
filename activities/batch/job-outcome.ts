import { countStatuses } from '../../src/core/batch/manifest';
import type { ManifestLine } from '../../src/core/batch/manifest-lines';
import type { PartRun } from '../../src/core/run/planned-job';
import type { BatchRecords } from './records';

/** What the records say of a job of a batch. */
export interface JobOutcome {
  /** Lines of its documents; undefined if nobody wrote them yet. */
  lines: ManifestLine[] | undefined;
  /** The run that began the job last, if it told nothing: it may have started a job, and the lines are older. */
  silent: PartRun | undefined;
}

/** A job with a document that is ok is not begun again: its lines are those of its last run. */
export async function readOutcome(records: Pick<BatchRecords, 'lines' | 'begun'>, part: number): Promise<JobOutcome> {
  const lines = await records.lines(part);
  const isOk = lines !== undefined && countStatuses(lines).ok > 0;
  const begun = isOk ? undefined : await records.begun(part);
  const isTold = !begun || lines?.every(({ runId }) => runId === begun.runId);
  return { lines, silent: isTold ? undefined : begun };
}

/** Whether a job may have been started, may still run, or has outputs that were not fetched. */
export function isUnsettled({ lines = [], silent }: JobOutcome): boolean {
  return silent !== undefined || lines.some(({ unsettled }) => unsettled);
}

/** Lines that the run which began the job last wrote, or an earlier run of the batch of a job that nobody began. */
export function reportedLines({ lines, silent }: JobOutcome): ManifestLine[] | undefined {
  return silent ? undefined : lines;
}
