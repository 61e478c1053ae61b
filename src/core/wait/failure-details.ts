import type { CallErrorSummary } from '../call-error';
import type { ApiErrorDetails, ApiErrorType } from '../errors';
import type { FileSelection, JobSummary, NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { TypedFailure } from '../typed-failure';
import type { WaitReport } from './report';
import type { CancelReport } from './cancel';
import type { Observation } from './job-check';
import type { StallReport } from './node-counts';

/** Fields of every failure of a wait: the job as last seen. */
export interface LastSeen {
  /** null if the wait was for a job that did not appear. */
  jobId: string | null;
  /** null if no check has seen the job. */
  job: JobSummary | null;
  /** Last status seen; null if no check has seen the job. */
  lastStatus: string | null;
  wait: WaitReport;
}

/** The same fields of a job that was seen. */
interface SeenJob extends LastSeen {
  jobId: string;
  job: JobSummary;
  lastStatus: string;
}

/** Details of a job that ended FAILED or STOPPED. */
export interface FailedJobDetails extends SeenJob {
  /** At most 100 entries and 32 KiB. `outputNodeFilesTotal` has the total. */
  outputNodeFiles: NodeFile[];
  outputNodeFilesTotal: number;
  /**
   * Documents that the job could not process: at most 100 entries and 32 KiB. null if they were not requested, or the API did not provide
   * them.
   */
  failedFiles: FailedFile[] | null;
  failedFilesTotal: number | null;
}

/**
 * Limit that ended a wait. `unknownStatus`: for all of `unknownStatusBudget`, every status seen was one that this version does not know.
 */
export type LimitName = 'queue' | 'run' | 'total' | 'stall' | 'unknownStatus';

/** `lastStatus` is COMPLETED if the limit passed while `failedFiles: 'fail'` still waited for the failed documents. */
export interface JobTimeoutDetails extends LastSeen {
  limit: LimitName;
  limitMs: number;
  /**
   * Outcome of the check at the limit, or of the last request for the failed documents. After `error` and `noAnswer`, the job may have
   * progressed beyond `lastStatus`.
   */
  lastCheck: Observation['type'] | null;
  lastError: CallErrorSummary | null;
  /** The unchanged counts of a stalled job; null if its files move, or were not counted. */
  stalled: StallReport | null;
  /** Outcome of cancelling the job; null if the policy is `'leave'`. */
  cancel: CancelReport | null;
}

/** A wait whose checks failed for all of `outageBudget`. */
export interface UnreachableDetails extends LastSeen {
  lastError: CallErrorSummary;
  /** Failed checks in a row. */
  failedChecks: number;
  /** Start of the time without a successful check, ISO-8601. */
  since: string;
}

/** A job that COMPLETED with failed documents, under the policy `failedFiles: 'fail'`. */
export interface PartiallyFailedDetails extends FailedJobDetails {
  /** The API's `processing_status`. */
  processingStatus: string;
  failedFiles: FailedFile[];
  /** null if the API did not name them. */
  failedFilesTotal: number | null;
}

/** `lastStatus` and `wait` are set by a wait. A single call of `getJob` has neither. */
export interface OutputListTooLargeDetails extends Partial<LastSeen> {
  jobId: string;
  job: JobSummary;
  /** Size as JSON, in bytes. */
  bytes: number;
  maxBytes: number;
  files: FileSelection;
  outputNodeFilesTotal: number;
  /** Set if a run could not continue as new: the part of `bytes` that is the input of the run, which is carried along with the lists. */
  inputBytes?: number;
}

/** The failed check that ended a wait, with the job as last seen. A call of the API outside a wait fails without the fields of the job. */
export type CheckFailedDetails = ApiErrorDetails & Omit<LastSeen, 'jobId'>;

/** The failures that end a wait. */
export interface WaitFailureDetails extends Record<ApiErrorType, CheckFailedDetails> {
  UnstructuredUnreachableError: UnreachableDetails;
  UnstructuredJobFailedError: FailedJobDetails;
  UnstructuredJobStoppedError: FailedJobDetails;
  UnstructuredJobTimeoutError: JobTimeoutDetails;
  UnstructuredJobPartiallyFailedError: PartiallyFailedDetails;
  UnstructuredOutputListTooLargeError: OutputListTooLargeDetails;
}

export type WaitFailure = TypedFailure<WaitFailureDetails>;

/** A job that ended without success. */
export type JobFailure = TypedFailure<
  Pick<WaitFailureDetails, 'UnstructuredJobFailedError' | 'UnstructuredJobStoppedError'>
>;
