import type { ApiErrorDetails } from './error-kind';
import type { JobCheck } from './job-check';

/** A check that brought no answer of the job's status. */
export interface CheckError {
  /** Failure type, such as `UnstructuredServerError`, or the name of a failure that is not ours. */
  type: string;
  message: string;
  /** What the API answered; null where the failure did not come from asking the API. */
  api: ApiErrorDetails | null;
  retryable: boolean;
  /** Failure details as they came, for a failure that ends the wait. */
  details?: unknown;
}

/** What came of one check. */
export type Observation =
  | { type: 'answer'; check: JobCheck }
  /** The check failed, after Temporal's brief retries. */
  | { type: 'error'; error: CheckError }
  /** Temporal gave up on the check without an error of the API behind it: no worker, a killed worker, a lost task. */
  | { type: 'noAnswer'; timeoutType: string };

const CREDENTIAL_KINDS: readonly string[] = ['authentication', 'paymentRequired', 'permission'];

export function isCredentialError(error: CheckError): boolean {
  return error.api !== null && CREDENTIAL_KINDS.includes(error.api.kind);
}

/** Whether the API itself says that there is no such job, and not a gateway or a wrong URL. */
export function isJobNotFound(error: CheckError): boolean {
  return error.api?.kind === 'notFound' && error.api.detail === 'Job not found';
}
