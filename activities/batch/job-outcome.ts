import { countStatuses } from '../../src/core/batch/manifest';
import type { ManifestLine } from '../../src/core/batch/manifest-lines';
import type { PartRun } from '../../src/core/run/planned-job';
import type { BatchRecords } from './records';

/** What the records say about a job of a batch. */
export interface JobOutcome {
  /** Lines of the job's documents; undefined if no run has written them yet. */
  lines: ManifestLine[] | undefined;
  /** The run that last began the job, if it has reported nothing. It may have started a job, and the lines are older. */
  silent: PartRun | undefined;
}

/** Reads the outcome of a job. A job with a document that is `ok` is not begun again, so its lines are those of its last run. */
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

/** Lines from the run that last began the job. If no run began it, lines from an earlier run of the batch. */
export function reportedLines({ lines, silent }: JobOutcome): ManifestLine[] | undefined {
  return silent ? undefined : lines;
}
