import {
  addCounts,
  countStatuses,
  type ManifestAnswer,
  type ManifestRequest,
  MAX_UNSETTLED_JOBS,
  NO_DOCUMENTS,
  sumCounts,
  type UnsettledJob,
} from '../../src/core/batch/manifest';
import { SILENT } from '../../src/core/batch/part-failure';
import { linesOfFailure, type ManifestLine } from '../../src/core/batch/manifest-lines';
import { idOfPart } from '../../src/core/batch/plan';
import { LEFT_OUT_NAME, MANIFEST_PARTS, partName } from '../../src/core/batch/records';
import { earlierFields } from './earlier-batch';
import { forEachPart } from './for-each-part';
import { readOutcome, reportedLines } from './job-outcome';
import { BatchRecords, type RecordsPort } from './records';

/** How a batch is closed. */
interface Closing {
  signal: AbortSignal;
  /** Called before anything is written. @throws an error if writing is not allowed */
  beforeWrite: () => Promise<void>;
}

/** Sums up the parts, and writes the manifest and the parts that no run wrote. A repeated call writes the same. */
export async function closeBatch(
  storage: RecordsPort,
  request: ManifestRequest,
  { signal, beforeWrite }: Closing,
): Promise<ManifestAnswer> {
  const records = BatchRecords.of(storage, request, signal);
  const { jobs, failedJobs, key, startedAt, endedAt, outcome, leftOut } = request;
  const unsettledJobs: UnsettledJob[] = [];
  let statuses = NO_DOCUMENTS;
  await forEachPart(jobs, signal, async (part) => {
    const lines =
      reportedLines(await readOutcome(records, part)) ?? (await writeMissing(records, part, request, beforeWrite));
    statuses = addCounts(statuses, countStatuses(lines));
    unsettledJobs.push(...unsettledJob(part, lines));
  });
  const counts = { documents: sumCounts(statuses), ...statuses, jobs, failedJobs };
  await beforeWrite();
  const location = await records.writeManifest({
    version: 1,
    key,
    startedAt,
    endedAt,
    outcome,
    counts,
    parts: { count: jobs, name: MANIFEST_PARTS + partName(1).replace(/\d+/, '<number, at least 5 digits>') },
    leftOut,
    leftOutFile: Object.keys(leftOut).length > 0 ? LEFT_OUT_NAME : null,
    unsettledJobs: unsettledJobs.sort((a, b) => a.part - b.part).slice(0, MAX_UNSETTLED_JOBS),
    unsettledJobsTotal: unsettledJobs.length,
    ...earlierFields(request),
    options: request.options,
  });
  return { location, counts };
}

async function writeMissing(
  records: BatchRecords,
  part: number,
  { plan, outcome }: ManifestRequest,
  beforeWrite: Closing['beforeWrite'],
): Promise<ManifestLine[]> {
  const planned = await records.plannedDocuments(idOfPart(plan, part), part);
  await beforeWrite();
  // A run that the batch did not wait for may have written the outcome in the meantime.
  const last = await readOutcome(records, part);
  const told = reportedLines(last);
  if (told) return told;
  const { silent } = last;
  const failure = silent ? SILENT : { ...SILENT, reason: NOT_BEGUN[outcome], unsettled: false };
  const lines = linesOfFailure(planned, failure, silent ?? null);
  await records.writeLines(part, lines);
  return lines;
}

/** All unsettled documents of a job have the same reason. */
function unsettledJob(part: number, lines: readonly ManifestLine[]): UnsettledJob[] {
  const one = lines.find(({ unsettled }) => unsettled);
  return one ? [{ part, workflowId: one.workflowId, jobId: one.jobId, message: one.reason ?? '' }] : [];
}

const NOT_BEGUN: Record<ManifestRequest['outcome'], string> = {
  completed: 'its job was not started',
  stopped: 'its job was not started: the batch was stopped before',
  cancelled: 'its job was not started: the batch was cancelled',
};
