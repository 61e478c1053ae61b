import type { CallErrorSummary } from '../call-error';
import type { ApiErrorDetails, ApiErrorType } from '../errors';
import type { FileSelection, JobSummary, NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { TypedFailure } from '../typed-failure';
import type { WaitReport } from './report';
import type { CancelAccount } from './cancel';
import type { Observation } from './job-check';
import type { StallAccount } from './node-counts';

/** What every failure of a wait tells of the job, as the wait saw it last. */
export interface LastSeen {
  /** null where the wait was for a job that did not appear. */
  jobId: string | null;
  /** null where the job was never seen. */
  job: JobSummary | null;
  /** Last status seen; null where the job was never seen. */
  lastStatus: string | null;
  wait: WaitReport;
}

/** The same of a job that was seen. */
interface SeenJob extends LastSeen {
  jobId: string;
  job: JobSummary;
  lastStatus: string;
}

/** The job as a failure carries it. */
export interface FailedJobDetails extends SeenJob {
  /** At most 100 entries and 32 KiB; the total stands beside it. */
  outputNodeFiles: NodeFile[];
  outputNodeFilesTotal: number;
  /** Documents that the job could not process: at most 100 entries and 32 KiB. null where nobody asked, or the API did not tell. */
  failedFiles: FailedFile[] | null;
  failedFilesTotal: number | null;
}

/** Which limit ended a wait. `unknownStatus`: nothing but statuses that this version does not know, for `unknownStatusBudget`. */
export type LimitName = 'queue' | 'run' | 'total' | 'stall' | 'unknownStatus';

/** `lastStatus` is COMPLETED where `failedFiles: 'fail'` had no answer by then. */
export interface JobTimeoutDetails extends LastSeen {
  limit: LimitName;
  limitMs: number;
  /** What came of the check at the limit, or of the question about the documents: `error` and `noAnswer` mean that the job may be further than `lastStatus` says. */
  lastCheck: Observation['type'] | null;
  lastError: CallErrorSummary | null;
  /** The counts that did not change, of a job whose files stand still; null where they do not, or nobody counted. */
  stalled: StallAccount | null;
  /** What came of cancelling the job; null where the policy is to leave it. */
  cancel: CancelAccount | null;
}

/** A wait whose checks failed for as long as its outage budget allows. */
export interface UnreachableDetails extends LastSeen {
  lastError: CallErrorSummary;
  /** Failed checks in a row. */
  failedChecks: number;
  /** Since when no check succeeded, ISO-8601. */
  since: string;
}

/** A job that COMPLETED with documents that it could not process, under the policy `fail`. */
export interface PartiallyFailedDetails extends FailedJobDetails {
  /** The API's `processing_status`. */
  processingStatus: string;
  failedFiles: FailedFile[];
  /** null where the API did not name them. */
  failedFilesTotal: number | null;
}

/** `lastStatus` and `wait` are those of a wait; a call of `getJob` by itself has none. */
export interface OutputListTooLargeDetails extends Partial<LastSeen> {
  jobId: string;
  job: JobSummary;
  /** Size as JSON, in bytes. */
  bytes: number;
  maxBytes: number;
  files: FileSelection;
  outputNodeFilesTotal: number;
  /** Set where a run could not continue as new: how much of `bytes` is the input of the run, which is carried beside the lists. */
  inputBytes?: number;
}

/**
 * What the API answered to a check, or that none came, where that ended a wait: the job as last seen stands beside it. A call of the API
 * outside a wait fails without.
 */
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

/** A job at an end that is no success. */
export type JobFailure = TypedFailure<
  Pick<WaitFailureDetails, 'UnstructuredJobFailedError' | 'UnstructuredJobStoppedError'>
>;
