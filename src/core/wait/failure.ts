import { cutList } from '../encoded-size';
import type { ApiErrorDetails } from '../error-kind';
import type { FileSelection, NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { JobSummary } from './job-check';
import type { CheckError, Observation } from './observation';
import { accountOf, isoTime, type WaitAccount } from './account';
import type { SeenError, Streak, WaitState } from './state';

/** The job as a failure carries it. */
export interface FailedJobDetails {
  jobId: string;
  job: JobSummary;
  /** At most 100 entries and 32 KiB; the total stands beside it. */
  outputNodeFiles: NodeFile[];
  outputNodeFilesTotal: number;
  wait: WaitAccount;
}

/** Which limit ended a wait. `unknownStatus`: nothing but statuses that this version does not know, for `unknownStatusBudget`. */
export type LimitName = 'queue' | 'run' | 'total' | 'unknownStatus';

export interface JobTimeoutDetails {
  jobId: string;
  limit: LimitName;
  limitMs: number;
  /** Last status seen; null where the job was never seen. */
  lastStatus: string | null;
  job: JobSummary | null;
  /** What came of the check at the limit: `error` and `noAnswer` mean that the job may be further than `lastStatus` says. */
  lastCheck: Observation['type'] | null;
  lastError: CheckErrorSummary | null;
  wait: WaitAccount;
}

export interface UnreachableDetails {
  jobId: string;
  lastStatus: string | null;
  lastError: CheckErrorSummary;
  /** Failed checks in a row. */
  failedChecks: number;
  /** Since when no check succeeded, ISO-8601. */
  since: string;
  wait: WaitAccount;
}

/** A job that COMPLETED with documents that it could not process, under the policy `fail`. */
export interface PartiallyFailedDetails extends FailedJobDetails {
  /** The API's `processing_status`. */
  processingStatus: string;
  /** At most 100 entries and 32 KiB; the total stands beside it. */
  failedFiles: FailedFile[];
  failedFilesTotal: number;
}

export interface OutputListTooLargeDetails {
  jobId: string;
  job: JobSummary;
  /** Size as JSON, in bytes. */
  bytes: number;
  maxBytes: number;
  files: FileSelection;
  outputNodeFilesTotal: number;
}

/** A failed check as details hold it: what the API answered, and when. */
export interface CheckErrorSummary {
  type: string;
  message: string;
  at: string;
  api: ApiErrorDetails | null;
}

/** A failure that ends a wait: what an ApplicationFailure is made of. */
export interface WaitFailure {
  type: string;
  message: string;
  details: unknown;
}

export function jobFailure(state: WaitState, job: JobSummary, verdict: 'failed' | 'stopped', now: number): WaitFailure {
  const details: FailedJobDetails = {
    jobId: state.jobId,
    job,
    outputNodeFiles: cutList(state.outputNodeFiles?.entries ?? []),
    outputNodeFilesTotal: state.outputNodeFiles?.total ?? 0,
    wait: accountOf(state, now),
  };
  const type = verdict === 'failed' ? 'UnstructuredJobFailedError' : 'UnstructuredJobStoppedError';
  return { type, message: `Job ${state.jobId} ended ${job.status}`, details };
}

export function limitFailure(state: WaitState, limit: LimitName, limitMs: number, now: number): WaitFailure {
  const status = state.job?.status ?? null;
  const lastCheck = state.lastCheck?.outcome ?? null;
  const details: JobTimeoutDetails = {
    jobId: state.jobId,
    limit,
    limitMs,
    lastStatus: status,
    job: state.job,
    lastCheck,
    lastError: state.lastError && summaryOf(state.lastError),
    wait: accountOf(state, now),
  };
  const seen = status === null ? 'was never seen' : `was last seen ${status}`;
  const doubt = lastCheck === 'answer' ? '' : '; the check at the limit brought no answer';
  const names =
    limit === 'unknownStatus' ? ` (unknown statuses: ${Object.keys(state.unknownStatuses).join(', ')})` : '';
  return {
    type: 'UnstructuredJobTimeoutError',
    message: `Job ${state.jobId} ${seen} when the ${limit} limit of ${limitMs} ms passed${doubt}${names}`,
    details,
  };
}

export function unreachableFailure(
  state: WaitState,
  failing: Streak,
  lastError: CheckErrorSummary,
  now: number,
): WaitFailure {
  const since = isoTime(failing.since);
  const failedChecks = failing.count;
  const details: UnreachableDetails = {
    jobId: state.jobId,
    lastStatus: state.job?.status ?? null,
    lastError,
    failedChecks,
    since,
    wait: accountOf(state, now),
  };
  return {
    type: 'UnstructuredUnreachableError',
    message: `No answer about job ${state.jobId} since ${since}: ${failedChecks} checks in a row failed, the last with ${lastError.type}`,
    details,
  };
}

/** A failed check that ends the wait as what it is. */
export function checkFailure(error: CheckError): WaitFailure {
  return { type: error.type, message: error.message, details: error.details ?? error.api };
}

export function tooLargeFailure(details: OutputListTooLargeDetails): WaitFailure {
  const help =
    details.files === 'all'
      ? "files: 'final' or 'none'"
      : details.files === 'final'
        ? "files: 'none'"
        : 'a larger maxResultBytes';
  return {
    type: 'UnstructuredOutputListTooLargeError',
    message:
      `The result for job ${details.jobId} would be ${details.bytes} bytes with ${details.outputNodeFilesTotal} output node files, ` +
      `more than maxResultBytes (${details.maxBytes}); the option ${help} helps`,
    details,
  };
}

export function summaryOf({ type, message, at, api }: SeenError): CheckErrorSummary {
  return { type, message, at: isoTime(at), api };
}
