/**
 * Entry for workers and clients, plain Node. Workflow code imports `temporal-unstructured/workflows` instead.
 */
export { UnstructuredPlugin, type UnstructuredPluginOptions } from './plugin';
export { UnstructuredClient, type CallOptions, type UnstructuredClientOptions } from './api/client';
export type { ApiKey, Authentication } from './api/credentials';
export type { ClientTimeouts } from './api/options';
export { startAwaitJob, type AwaitJobHandle, type StartAwaitJobOptions } from './start';
export { checkNow, progress, type CheckNow } from './messages';
export {
  unstructuredFailure,
  type UnstructuredFailure,
  type UnstructuredFailureDetails,
  type UnstructuredFailureType,
} from './failure';
export {
  UnstructuredError,
  UnstructuredAuthenticationError,
  UnstructuredConnectionError,
  UnstructuredNotFoundError,
  UnstructuredPaymentRequiredError,
  UnstructuredPermissionError,
  UnstructuredRateLimitError,
  UnstructuredRequestError,
  UnstructuredResponseError,
  UnstructuredServerError,
  UnstructuredTimeoutError,
  UnstructuredValidationError,
} from './core/errors';
export type { ApiErrorDetails, ErrorKind, ValidationItem } from './core/error-kind';
export type { FileSelection, Job, JobStatus, NodeFile } from './core/job';
export type { JobSummary } from './core/wait/job-check';
export type { CheckErrorSummary } from './core/wait/error-summary';
export type {
  FailedJobDetails,
  JobTimeoutDetails,
  LimitName,
  OutputListTooLargeDetails,
  PartiallyFailedDetails,
  UnreachableDetails,
} from './core/wait/failure-details';
export type { AwaitJobInput, AwaitJobOptions } from './wait-input';
export type { AwaitJobResult, FilesSource, WaitAccount, WaitProgress } from './core/wait/account';
