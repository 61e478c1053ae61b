import type { FailedFile, FailedFileList, JobDetails } from '../job-details';
import { isObject } from '../values';
import type { DocumentsOutcome } from './report';
import type { CallError } from '../call-error';

/** The values of `processing_status`: no document failed; some documents failed or may have failed; the job has not ended. */
export const NONE_FAILED = 'SUCCESS';
const SOME_FAILED: readonly string[] = ['COMPLETED_WITH_ERRORS', 'FAILED', 'STOPPED'];
const NOT_OVER: readonly string[] = ['SCHEDULED', 'IN_PROGRESS'];

/** What the details say about a COMPLETED job's documents. */
export type ReportedDetails = Pick<JobDetails, 'processingStatus' | 'nodeStats' | 'unreadableEntries'>;

/** Whether the details alone say that no document failed. If so, no list is requested. */
export function saysNoneFailed({ processingStatus, nodeStats }: ReportedDetails): boolean {
  return processingStatus === NONE_FAILED && !countsFailures(nodeStats);
}

/**
 * Whether documents failed, named or not. A status that this version does not know counts as a failure: asking again would not help, and the status
 * must not be taken for success. `list` is null if it was not fetched.
 */
export function saysSomeFailed(details: ReportedDetails, list: FailedFileList | null): boolean {
  const isKnownGood = details.processingStatus === NONE_FAILED || isLate(details);
  return !isKnownGood || countsFailures(details.nodeStats) || (list?.failedFilesTotal ?? 0) > 0;
}

/** Whether the details lag behind the job: they still show it as not ended. */
export function isLate({ processingStatus }: ReportedDetails): boolean {
  return NOT_OVER.includes(processingStatus);
}

/** Why the details are not final: they lag behind the job, or they have a status that this version does not know. null if they are final. */
export function detailsDoubt({ processingStatus: status }: ReportedDetails): CallError | null {
  if (status === NONE_FAILED || SOME_FAILED.includes(status)) return null;
  const doubt = NOT_OVER.includes(status) ? 'still say' : 'have a status that this version does not know:';
  const message = `The job is COMPLETED, but its details ${doubt} ${status}`;
  return { type: 'UnstructuredResponseError', message, api: null, retryable: true };
}

/** The outcome of the documents. The total is null if it is not known: the list names no document, or the details of the job lag. */
export function documentsOutcome(details: ReportedDetails, list: FailedFileList | null): DocumentsOutcome {
  const { processingStatus } = details;
  if (saysNoneFailed(details)) return { processingStatus, failedFiles: [], failedFilesTotal: 0 };
  const { failedFiles, failedFilesTotal: total } = list ?? { failedFiles: [], failedFilesTotal: 0 };
  return { processingStatus, failedFiles, failedFilesTotal: total > 0 && !detailsDoubt(details) ? total : null };
}

function countsFailures(nodeStats: ReportedDetails['nodeStats']): boolean {
  return nodeStats.some(({ failure }) => failure > 0);
}

/** Whether an answer contains job details. A mock, or another worker's activity, may answer anything. */
export function isDetails(answer: unknown): answer is ReportedDetails {
  if (!isObject(answer)) return false;
  const { processingStatus, nodeStats } = answer as Partial<Record<keyof ReportedDetails, unknown>>;
  return typeof processingStatus === 'string' && Array.isArray(nodeStats) && nodeStats.every(isObject);
}

export function isFailedList(answer: unknown): answer is FailedFileList {
  if (!isObject(answer)) return false;
  const { failedFiles, failedFilesTotal } = answer as Partial<Record<keyof FailedFileList, unknown>>;
  return typeof failedFilesTotal === 'number' && Array.isArray(failedFiles) && failedFiles.every(isFailedFile);
}

function isFailedFile(entry: unknown): boolean {
  const { document, error } = (entry ?? {}) as Partial<Record<keyof FailedFile, unknown>>;
  return typeof document === 'string' && typeof error === 'string';
}
