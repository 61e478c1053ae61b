/**
 * Entry for workflow code. The plugin adds the workflows `awaitJobCompletion`, `runJob` and `runJobs` to a worker's bundle. Runs in the
 * workflow sandbox: `walls.config.mjs` says what it may import, which is never undici, zod, node:* or a Temporal client.
 *
 * @module temporal-unstructured/workflows
 */
export { awaitJobCompletion } from './await-job-completion';
export { awaitJob } from './await-job';
export { collectJobOutputs } from './collect-outputs';
export { executeAwaitJob, type ExecuteAwaitJobOptions } from './execute-await-job';
export { executeAwaitJobs, type ExecuteAwaitJobsOptions } from './execute-await-jobs';
export { executeRunJob, type ExecuteRunJobOptions } from './execute-run-job';
export { executeRunJobs, type ExecuteRunJobsOptions } from './execute-run-jobs';
export type { CollectOptions } from './run/collect';
export type { RunChildOptions } from './run/keyed-run';
export { startJob, type StartedDocument, type StartedJob, type StartJobOptions } from './start-job';
export { runJob } from './run-job';
export { runJobs } from './run-jobs';
export { batchProgress, checkNow, progress, runProgress, type CheckNow } from '../src/common/messages';
export {
  unstructuredFailure,
  type UnstructuredFailure,
  type UnstructuredFailureDetails,
  type UnstructuredFailureType,
} from '../src/common/failure';
export type {
  AwaitJobInput,
  AwaitJobOptions,
  JobToAwait,
  KeyedBatchInput,
  KeyedRunInput,
  RunJobInput,
  RunJobsInput,
} from '../src/common/inputs';
export type { BatchFailedDetails } from '../src/core/batch/failure';
export type { BatchDocuments, DocumentList, DocumentFolder } from '../src/core/batch/options';
export type { ManifestLine, ManifestOutput } from '../src/core/batch/manifest-lines';
export type { BatchCounts, BatchOutcome, Manifest, UnsettledJob } from '../src/core/batch/manifest';
export type { BatchPhase, BatchProgress } from '../src/core/batch/progress';
export type { RunJobsResult } from '../src/core/batch/result';
export { failedFileIds } from '../src/core/run/match-files';
export type { AwaitedJob } from '../src/core/wait/state';
export type { AttributeNames } from '../src/core/attributes';
export type { CallErrorSummary } from '../src/core/call-error';
export type { DocumentInput } from '../src/core/document';
export type { ApiErrorDetails, ApiErrorType, ErrorKind, ValidationItem } from '../src/core/errors';
export type { FailedFile, NodeStats } from '../src/core/job-details';
export type {
  LostOutput,
  OutputSelection,
  OutputSource,
  RunOutputs,
  SavedOutput,
  TransferDetails,
} from '../src/core/output';
export type {
  DocumentRefusal,
  DocumentRefusedDetails,
  RefusedDocument,
  Refusal,
  SkippedDocument,
} from '../src/core/refusal';
export type { StorageAnswer } from '../src/core/storage-error';
export type { CollectAnswer, CollectFile, CollectRequest } from '../src/core/run/collect';
export type { FileGroup } from '../src/core/run/file-groups';
export type { ResumedRun } from '../src/core/run/resume';
export type { DocumentStatus, StatusCounts } from '../src/core/run/planned-job';
export type { RunPhase, RunProgress } from '../src/core/run/progress';
export type { DocumentResult, RunJobResult, StartReport, StoredPart } from '../src/core/run/result';
export type { StartBudgetEnds } from '../src/core/start/budgets';
export type { StartUncertainDetails, WorkflowBusyDetails } from '../src/core/start/failure';
export type { ListedJob } from '../src/core/start/job-list';
export type { OnRefused, WhenBusy } from '../src/core/start/options';
export type { JobNodeInput, JobToStart, OnDemandJob, WorkflowRun } from '../src/core/start/request';
export type { UnservedQueue } from '../src/core/unserved';
export type { BudgetEnds } from '../src/core/wait/budgets';
export type { CancelReport } from '../src/core/wait/cancel';
export type {
  CheckFailedDetails,
  FailedJobDetails,
  JobTimeoutDetails,
  LastSeen,
  LimitName,
  OutputListTooLargeDetails,
  PartiallyFailedDetails,
  UnreachableDetails,
} from '../src/core/wait/failure-details';
export type { StallReport } from '../src/core/wait/node-counts';
export type { AwaitJobResult, DocumentsOutcome, FilesSource, WaitReport } from '../src/core/wait/report';
export type { FailedFilesPolicy, RemotePolicy } from '../src/core/wait/options';
export type { WaitProgress } from '../src/core/wait/progress';
export type { FileSelection, Job, JobStatus, JobSummary, NodeFile } from '../src/core/job';
