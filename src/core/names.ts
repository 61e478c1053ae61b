/** Names that users and programs in other languages see. Stable; pinned by a test. */

/** Workflow type that waits for one job. */
export const AWAIT_JOB_COMPLETION = 'awaitJobCompletion';
/** Activity type that asks the API for one job. */
export const GET_JOB = 'getJob';
/** Workflow type that runs a job from documents to files. */
export const RUN_JOB = 'runJob';
/** Workflow type that runs as many jobs as a list or folder of documents needs. */
export const RUN_JOBS = 'runJobs';
/** Activity types of the other operations. Their prefix keeps them apart from a worker's own. */
export const CREATE_JOB = 'unstructured.createJob';
export const RUN_WORKFLOW = 'unstructured.runWorkflow';
export const CANCEL_JOB = 'unstructured.cancelJob';
export const LIST_JOBS = 'unstructured.listJobs';
export const GET_JOB_DETAILS = 'unstructured.getJobDetails';
export const GET_JOB_FAILED_FILES = 'unstructured.getJobFailedFiles';
export const GET_JOB_FILE_STATUS = 'unstructured.getJobFileStatus';
export const COLLECT_JOB_OUTPUTS = 'unstructured.collectJobOutputs';
/** Activity type that watches a job; a worker completes it later. */
export const WATCH_JOB = 'unstructured.watchJob';
/** Activity type that joins a run of the same key. */
export const JOIN_RUN = 'unstructured.joinRun';
/** Activity types of a batch: its plan, and its manifest. */
export const PLAN_JOBS = 'unstructured.planJobs';
export const WRITE_PLAN = 'unstructured.writePlan';
export const BEGIN_JOB = 'unstructured.beginJob';
export const WRITE_MANIFEST_PART = 'unstructured.writeManifestPart';
export const WRITE_MANIFEST = 'unstructured.writeManifest';
/** Memo that tells which job a run started, for the run that resumes it. */
export const RUN_MEMO = 'unstructured';
/** Memo that tells which documents a run is for, by their digest, so that none joins it with others. */
export const DOCUMENTS_MEMO = 'unstructured.documents';
/** Memo that tells which answer a run gives, by the options that decide it beside the documents, so that none joins it who asked for another. */
export const ANSWER_MEMO = 'unstructured.answer';
/** Memo that tells which answer a waiter gives, by the digest of the options that decide it, so that none joins it who asked for another. */
export const WAIT_MEMO = 'unstructured.wait';
/** Memo that tells the job of a wait or a run, once it is known, in lists of workflows. */
export const JOB_ID_MEMO = 'unstructured.jobId';
/** Memo that tells the account of a wait or a run, where its input names one. */
export const ACCOUNT_MEMO = 'unstructured.account';
/** What a wait tells by search attributes, and their usual names. Public: dashboards and queries are written with them. */
export const ATTRIBUTE_NAMES = Object.freeze({
  jobId: 'UnstructuredJobId',
  status: 'UnstructuredJobStatus',
  account: 'UnstructuredAccount',
  health: 'UnstructuredHealth',
  startedAt: 'UnstructuredStartedAt',
});

/** Types of search attributes, as Temporal calls them. */
export const ATTRIBUTE_TYPES = {
  jobId: 'Keyword',
  status: 'Keyword',
  account: 'Keyword',
  health: 'Keyword',
  startedAt: 'Datetime',
} as const satisfies Record<keyof typeof ATTRIBUTE_NAMES, 'Keyword' | 'Datetime'>;

/** Signal by which an activity tells its workflow how many documents or outputs are through. */
export const TRANSFER_SIGNAL = 'unstructured.transfer';
/** Signal that makes a wait check at once; takes one optional {@link CheckNowHint}. */
export const CHECK_NOW_SIGNAL = 'unstructured.checkNow';
/** Query that answers a wait's progress. */
export const PROGRESS_QUERY = 'unstructured.progress';

/** The account that is used where an input names none, of a worker with several. */
export const DEFAULT_ACCOUNT = 'default';

/** Workflow id of the waiter for a job that callers share. */
export function waiterWorkflowId(jobId: string): string {
  return `unstructured-job-${jobId.toLowerCase()}`;
}

/** What the workflow ids of waiters for the next job of a workflow begin with. */
export function nextJobWaiterPrefix(workflowId: string): string {
  return `unstructured-workflow-${workflowId.toLowerCase()}-`;
}

/** What the Web UI calls a waiter. */
export function waiterSummary({ jobId, workflowId = '' }: { jobId?: string; workflowId?: string }): string {
  return jobId === undefined ? `Next Unstructured job of workflow ${workflowId}` : `Unstructured job ${jobId}`;
}
