import {
  addCounts,
  countStatuses,
  type ManifestAnswer,
  type ManifestRequest,
  NO_DOCUMENTS,
  sumCounts,
} from '../../src/core/batch/manifest';
import { linesOfFailure, type ManifestLine } from '../../src/core/batch/manifest-lines';
import { idOfPart } from '../../src/core/batch/plan';
import { LEFT_OUT_NAME, MANIFEST_PARTS, partName } from '../../src/core/batch/records';
import { BatchRecords, forEachPart, type RecordsPort } from './records';

/** Sums up the parts, writes those that no run wrote, and the manifest. Performed again, it writes the same. */
export async function closeBatch(
  storage: RecordsPort,
  request: ManifestRequest,
  signal: AbortSignal,
): Promise<ManifestAnswer> {
  const records = BatchRecords.of(storage, request, signal);
  const { jobs, failedJobs, key, startedAt, endedAt, outcome, leftOut, uncertainStarts } = request;
  const { unlessIn = null, retryFailed = null } = request;
  const withoutResult = new Set(request.withoutResult);
  let statuses = NO_DOCUMENTS;
  await forEachPart(jobs, signal, async (part) => {
    const told = await records.lines(part);
    // A job with a document that is ok is not run again: that it tells of one is news.
    const isNews = told && (!withoutResult.has(part) || countStatuses(told).ok > 0);
    const lines = isNews ? told : await writeMissing(records, part, request, withoutResult.has(part));
    statuses = addCounts(statuses, countStatuses(lines));
  });
  const counts = { documents: sumCounts(statuses), ...statuses, jobs, failedJobs };
  const location = await records.writeManifest({
    version: 1,
    key,
    startedAt,
    endedAt,
    outcome,
    counts,
    parts: { count: jobs, name: MANIFEST_PARTS + partName(1).replace(/\d+/, '<number, at least 5 digits>') },
    begunJobs: request.begunJobs,
    leftOut,
    leftOutFile: Object.keys(leftOut).length > 0 ? LEFT_OUT_NAME : null,
    uncertainStarts,
    unlessIn,
    retryFailed,
    options: request.options,
  });
  return { location, counts };
}

async function writeMissing(
  records: BatchRecords,
  part: number,
  { plan, begunJobs, outcome }: ManifestRequest,
  isWithoutResult: boolean,
): Promise<ManifestLine[]> {
  const reason =
    part > begunJobs
      ? NOT_BEGUN[outcome]
      : isWithoutResult
        ? 'the run of its job ended without a result'
        : 'the part of the manifest that the run of its job wrote is gone';
  const lines = linesOfFailure(await records.plannedDocuments(idOfPart(plan, part), part), {
    status: 'missing',
    reason,
    jobId: null,
    refused: [],
  });
  await records.writeLines(part, lines);
  return lines;
}

const NOT_BEGUN: Record<ManifestRequest['outcome'], string> = {
  completed: 'its job was not started',
  stopped: 'its job was not started: the batch was stopped before',
  cancelled: 'its job was not started: the batch was cancelled',
};
