import type { CheckErrorSummary } from '../call-error';
import type { FileSelection, JobSummary, NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { WaitAccount } from './account';
import type { CancelAccount } from './cancel';
import type { Observation } from './job-check';

/** The job as a failure carries it. */
export interface FailedJobDetails {
  jobId: string;
  job: JobSummary;
  /** At most 100 entries and 32 KiB; the total stands beside it. */
  outputNodeFiles: NodeFile[];
  outputNodeFilesTotal: number;
  /** Documents that the job could not process: at most 100 entries and 32 KiB. null where nobody asked, or the API did not tell. */
  failedFiles: FailedFile[] | null;
  failedFilesTotal: number | null;
  wait: WaitAccount;
}

/** Which limit ended a wait. `unknownStatus`: nothing but statuses that this version does not know, for `unknownStatusBudget`. */
export type LimitName = 'queue' | 'run' | 'total' | 'unknownStatus';

export interface JobTimeoutDetails {
  /** null where the wait was for a job that did not appear. */
  jobId: string | null;
  limit: LimitName;
  limitMs: number;
  /** Last status seen; null where the job was never seen. COMPLETED where `failedFiles: 'fail'` had no answer by then. */
  lastStatus: string | null;
  job: JobSummary | null;
  /** What came of the check at the limit, or of the question about the documents: `error` and `noAnswer` mean that the job may be further than `lastStatus` says. */
  lastCheck: Observation['type'] | null;
  lastError: CheckErrorSummary | null;
  /** What came of cancelling the job; null where the policy is to leave it. */
  cancel: CancelAccount | null;
  wait: WaitAccount;
}

export interface UnreachableDetails {
  /** null where the wait was for a job that did not appear. */
  jobId: string | null;
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
  failedFiles: FailedFile[];
  /** null where the API did not name them. */
  failedFilesTotal: number | null;
}

export interface OutputListTooLargeDetails {
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
