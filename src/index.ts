/**
 * Entry for workers and clients, in plain Node. Workflow code imports `temporal-unstructured/workflows` instead.
 *
 * @module temporal-unstructured
 */
export { UnstructuredPlugin, type UnstructuredPluginOptions, type WatchOptions } from './plugin';
export type { AccountsOptions } from './api/accounts';
export {
  UnstructuredClient,
  type CallOptions,
  type DownloadOptions,
  type JobFilter,
  type JobOutput,
  type JobTemplate,
  type ListJobsAnswer,
  type RunWorkflowAnswer,
  type UnstructuredClientOptions,
  type UploadFile,
} from './api/client';
export type { ApiKey, Authentication, ClientTimeouts, MinimumRate, NetworkOptions } from './api/options';
export { startAwaitJob, type AwaitJobHandle, type StartAwaitJobOptions } from './client/start-await-job';
export { startRunJobs, type RunJobsHandle, type StartRunJobsOptions } from './client/start-run-jobs';
export { startRunJob, type RunJobHandle, type StartRunJobOptions } from './client/start-run-job';
export type { MoreStartOptions } from './client/start-options';
export { batchProgress, checkNow, progress, runProgress, type CheckNow } from './common/messages';
export {
  unstructuredFailure,
  type UnstructuredFailure,
  type UnstructuredFailureDetails,
  type UnstructuredFailureType,
} from './common/failure';
export {
  UnstructuredApiError,
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
  type ApiErrorDetails,
  type ApiErrorType,
  type ErrorKind,
  type ValidationItem,
} from './core/errors';
export {
  UnstructuredStorageError,
  type StorageAnswer,
  type StorageErrorKind,
  type StorageErrorDetails,
} from './core/storage-error';
export type { AttributeNames } from './core/attributes';
export type { FileSelection, Job, JobStatus, JobSummary, NodeFile } from './core/job';
export type { CallErrorSummary } from './core/call-error';
export type {
  CheckFailedDetails,
  FailedJobDetails,
  JobTimeoutDetails,
  LastSeen,
  LimitName,
  OutputListTooLargeDetails,
  PartiallyFailedDetails,
  UnreachableDetails,
} from './core/wait/failure-details';
export type { BudgetEnds } from './core/wait/budgets';
export type { StorageOptions } from './storage/options';
export type { OutputSink, OutputTarget, StoredOutput } from './storage/sink';
export { describeDocument } from './storage/describe';
export type { DocumentSource, ListingOptions, OpenDocument } from './storage/source';
export type {
  LeftOutReason,
  ListedDocument,
  ListedEntry,
  ListedPage,
  UnlistedEntry,
  UnlistedReason,
} from './core/listing';
export type { DocumentDescription } from './core/reference';
export { UnstructuredDocumentRefusedError } from './core/document';
export type { DocumentInput } from './core/document';
export type {
  DocumentRefusal,
  DocumentRefusedDetails,
  RefusedDocument,
  Refusal,
  SkippedDocument,
} from './core/refusal';
export type { FailedFile, FileStatus, JobDetails, JobFileStatus, NodeStats } from './core/job-details';
export type {
  LostOutput,
  OutputSelection,
  OutputSource,
  RunOutputs,
  SavedOutput,
  TransferDetails,
} from './core/output';
export type { BatchFailedDetails } from './core/batch/failure';
export type { BatchDocuments, DocumentFolder, DocumentList } from './core/batch/options';
export type { LeftOutLine, ManifestLine, ManifestOutput } from './core/batch/manifest-lines';
export type { BatchCounts, BatchOutcome, Manifest, UnsettledJob } from './core/batch/manifest';
export type { BatchPhase, BatchProgress } from './core/batch/progress';
export type { RunJobsResult } from './core/batch/result';
export { failedFileIds } from './core/run/match-files';
export type { FileGroup } from './core/run/file-groups';
export type { ResumedRun } from './core/run/resume';
export type { DocumentStatus, StatusCounts } from './core/run/planned-job';
export type { RunPhase, RunProgress } from './core/run/progress';
export type { DocumentResult, RunJobResult, StartReport, StoredPart } from './core/run/result';
export type { StartBudgetEnds } from './core/start/budgets';
export type { StartUncertainDetails, WorkflowBusyDetails } from './core/start/failure';
export type { ListedJob } from './core/start/job-list';
export type { OnRefused, WhenBusy } from './core/start/options';
export type { JobNodeInput, JobToStart, OnDemandJob, WorkflowRun } from './core/start/request';
export type { UnservedQueue } from './core/unserved';
export type { CancelReport } from './core/wait/cancel';
export type { AwaitedJob } from './core/wait/state';
export type {
  AwaitJobInput,
  AwaitJobOptions,
  JobToAwait,
  KeyedBatchInput,
  KeyedRunInput,
  RunJobInput,
  RunJobsInput,
} from './common/inputs';
export type { AwaitJobResult, DocumentsOutcome, FilesSource, WaitReport } from './core/wait/report';
export type { StallReport } from './core/wait/node-counts';
export type { FailedFilesPolicy, RemotePolicy } from './core/wait/options';
export type { WaitProgress } from './core/wait/progress';
