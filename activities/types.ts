import type { ManifestAnswer, ManifestRequest, PartRequest } from '../src/core/batch/manifest';
import type { BeginJobRequest, BegunJob, PlanAnswer, PlanRequest, WritePlanRequest } from '../src/core/batch/plan';
import type { FileSelection, Job } from '../src/core/job';
import type { FailedFileList, JobDetails, JobFileStatus } from '../src/core/job-details';
import type { CollectAnswer, CollectRequest } from '../src/core/run/collect';
import type { JoinedRun, JoinRunInput } from '../src/core/run/join';
import type { StoredPart } from '../src/core/run/result';
import type { JobList, ListJobsInput } from '../src/core/start/job-list';
import type { OnDemandJob, StartAnswer, StartRequest, WorkflowRun } from '../src/core/start/request';
import type { HeldDigests } from '../src/core/wait/job-check';
import type { AttributeNames } from '../src/core/attributes';
import type { WaitOptions } from '../src/core/wait/options';
import type { WatchAnswer, WatchRequest } from '../src/core/wait/watch';

/** Input of the activities of one job. */
export interface JobInput {
  jobId: string;
  /** Account of the worker's plugin. @default the plugin's only account, or the one named `default` */
  account?: string | undefined;
}

/** Input of an activity whose failures the caller may count itself. */
export interface CountedJobInput extends JobInput {
  /**
   * Whether a failure is marked as benign, so that it is not logged as an error. A wait sets this, because it counts failures itself.
   * @default false
   */
  benign?: boolean | undefined;
}

/** Input of the activities that read the status of a job's documents. */
export interface AskDocumentsInput extends CountedJobInput {
  /** Longest pause before a retry, in milliseconds. If the service asks for a longer one, the failure is not retried. @default none */
  longestPauseMs?: number | undefined;
}

/** Input of the activity that watches a job. */
export interface WatchJobInput extends WatchRequest {
  account?: string | undefined;
}

/** The activities other than `getJob`, by their names on the server. All fail with types from the failure table. */
export interface OperationActivities {
  /** Starts an on-demand job. Give it `maximumAttempts: 1`. */
  'unstructured.createJob'(input: StartRequest<OnDemandJob>): Promise<StartAnswer>;
  /** Runs a workflow. Give it `maximumAttempts: 1`. */
  'unstructured.runWorkflow'(input: StartRequest<WorkflowRun>): Promise<StartAnswer>;
  'unstructured.cancelJob'(input: CountedJobInput): Promise<void>;
  'unstructured.listJobs'(input: ListJobsInput): Promise<JobList>;
  'unstructured.getJobDetails'(input: AskDocumentsInput): Promise<JobDetails>;
  'unstructured.getJobFailedFiles'(input: AskDocumentsInput): Promise<FailedFileList>;
  /** For use on demand: the API allows 12 calls a minute for a job. */
  'unstructured.getJobFileStatus'(input: JobInput): Promise<JobFileStatus>;
  /** Saves the outputs of many files in parallel. Resumes where an earlier attempt ended. */
  'unstructured.collectJobOutputs'(input: CollectRequest): Promise<CollectAnswer>;
  /** Watches a job until its status changes. The worker completes the activity asynchronously; until then it takes no activity slot. */
  'unstructured.watchJob'(input: WatchJobInput): Promise<WatchAnswer>;
  /** Waits for the existing run of a key and returns how it ended. */
  'unstructured.joinRun'(input: JoinRunInput): Promise<JoinedRun>;
  /** Lists documents and splits them into jobs. Resumes where an earlier attempt stopped. */
  'unstructured.planJobs'(input: PlanRequest): Promise<PlanAnswer>;
  /** Writes the plan that a batch uses. */
  'unstructured.writePlan'(input: WritePlanRequest): Promise<void>;
  /** Records that a run begins one job of a plan, and reads the job's documents. */
  'unstructured.beginJob'(input: BeginJobRequest): Promise<BegunJob>;
  'unstructured.writeManifestPart'(input: PartRequest): Promise<StoredPart>;
  /** Writes the manifest from its parts. */
  'unstructured.writeManifest'(input: ManifestRequest): Promise<ManifestAnswer>;
}

/** Activities that the plugin registers. */
export interface UnstructuredActivities extends OperationActivities {
  /**
   * Reads one job from the API.
   * @throws ApplicationFailure with a type from the failure table; `details[0]` is an `ApiErrorDetails`
   */
  getJob(input: GetJobInput): Promise<Job>;
}

export interface GetJobInput {
  jobId: string;
  /** Account of the worker's plugin that is used for the calls. @default the plugin's only account, or the one named `default` */
  account?: string | undefined;
  /**
   * Which output node files to return: those of every node, of each file's last node, or none. With `'none'`, the input file ids are also left out.
   * @default 'all'
   */
  files?: FileSelection | undefined;
  /** Largest answer, in bytes of its JSON. Temporal refuses answers of more than 2 MB. @default 1_572_864 */
  maxResultBytes?: number | undefined;
}

/** Input of a check inside a wait. The answer leaves out the lists that the wait already has. */
export interface CheckJobInput extends GetJobInput {
  held: HeldDigests;
  files: FileSelection;
  maxResultBytes: number;
  /** Options of the wait. The first check takes them as input and returns them in its answer or failure. */
  options?: WaitOptions | undefined;
  /** Search attributes of the wait. The answer or the failure reports whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
}
