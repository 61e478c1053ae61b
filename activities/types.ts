import type { ManifestAnswer, ManifestRequest, PartRequest } from '../src/core/batch/manifest';
import type { PlanAnswer, PlanRequest } from '../src/core/batch/plan';
import type { PlannedDocument } from '../src/core/batch/records';
import type { FileSelection, Job } from '../src/core/job';
import type { FailedFileList, JobDetails, JobFileStatus } from '../src/core/job-details';
import type { CollectAnswer, CollectRequest } from '../src/core/run/collect';
import type { JoinedRun, JoinRunInput } from '../src/core/run/join';
import type { PlannedJob, RecordsRequest } from '../src/core/run/planned-job';
import type { StoredPart } from '../src/core/run/result';
import type { JobList, ListJobsInput } from '../src/core/start/job-list';
import type { OnDemandJob, StartAnswer, StartRequest, WorkflowRun } from '../src/core/start/request';
import type { HeldDigests } from '../src/core/wait/job-check';
import type { AttributeNames } from '../src/core/wait/attributes';
import type { WaitOptions } from '../src/core/wait/options';
import type { WatchAnswer, WatchRequest } from '../src/core/wait/watch';

/** What the activities of one job take. */
export interface JobInput {
  jobId: string;
  /** Account of the worker's plugin. @default the plugin's only account, or the one named `default` */
  account?: string | undefined;
}

/** What the activities take that ask about a job's documents. */
export interface AskDocumentsInput extends JobInput {
  /** The longest pause before a retry, in milliseconds; where the service asks for more, the failure is not retried. @default none */
  longestPauseMs?: number | undefined;
  /** Whether a failure is no news: a wait that asks counts it by itself. @default false */
  benign?: boolean | undefined;
}

/** What the activity takes that watches a job. */
export interface WatchJobInput extends WatchRequest {
  account?: string | undefined;
}

/** The activities beside `getJob`, by the names that the server sees. All fail with types from the failure table. */
export interface OperationActivities {
  /** Starts an on-demand job. Give it `maximumAttempts: 1`. */
  'unstructured.createJob'(input: StartRequest<OnDemandJob>): Promise<StartAnswer>;
  /** Runs a workflow. Give it `maximumAttempts: 1`. */
  'unstructured.runWorkflow'(input: StartRequest<WorkflowRun>): Promise<StartAnswer>;
  'unstructured.cancelJob'(input: JobInput): Promise<void>;
  'unstructured.listJobs'(input: ListJobsInput): Promise<JobList>;
  'unstructured.getJobDetails'(input: AskDocumentsInput): Promise<JobDetails>;
  'unstructured.getJobFailedFiles'(input: AskDocumentsInput): Promise<FailedFileList>;
  /** For a look on demand: the API allows 12 calls a minute for a job. */
  'unstructured.getJobFileStatus'(input: JobInput): Promise<JobFileStatus>;
  /** Saves the outputs of many files side by side; resumes where an earlier attempt ended. */
  'unstructured.collectJobOutputs'(input: CollectRequest): Promise<CollectAnswer>;
  /** Watches a job until its status changes: a worker completes it later, and takes no slot of the worker until then. */
  'unstructured.watchJob'(input: WatchJobInput): Promise<WatchAnswer>;
  /** Waits for the run of a key that somebody started, and tells how it ended. */
  'unstructured.joinRun'(input: JoinRunInput): Promise<JoinedRun>;
  /** Lists documents and splits them into jobs; resumes where an earlier attempt stopped. */
  'unstructured.planJobs'(input: PlanRequest): Promise<PlanAnswer>;
  /** Documents of one job of a plan. */
  'unstructured.readPlan'(input: PlannedJob & RecordsRequest): Promise<{ documents: PlannedDocument[] }>;
  'unstructured.writeManifestPart'(input: PartRequest): Promise<StoredPart>;
  /** Sums up the parts. */
  'unstructured.writeManifest'(input: ManifestRequest): Promise<ManifestAnswer>;
}

/** Activities that the plugin registers. */
export interface UnstructuredActivities extends OperationActivities {
  /**
   * Asks the API for one job.
   * @throws ApplicationFailure with a type from the failure table; `details[0]` is an `ApiErrorDetails`
   */
  getJob(input: GetJobInput): Promise<Job>;
}

export interface GetJobInput {
  jobId: string;
  /** Account of the worker's plugin to ask with. @default the plugin's only account, or the one named `default` */
  account?: string | undefined;
  /** Which output node files to return: every node's, each file's last node, or none, and then no input file ids either. @default 'all' */
  files?: FileSelection | undefined;
  /** Largest answer, in bytes of its JSON. Temporal refuses one of more than 2 MB. @default 1_572_864 */
  maxResultBytes?: number | undefined;
}

/** Input of a check inside a wait: the answer leaves out the lists that the wait holds already. */
export interface CheckJobInput extends GetJobInput {
  held: HeldDigests;
  files: FileSelection;
  maxResultBytes: number;
  /** Options of the wait, which the first check takes along and its answer, or its failure, brings back. */
  options?: WaitOptions | undefined;
  /** Search attributes of the wait: the answer, or the failure, tells whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
}
