/** Names that users and programs in other languages see. They are stable; a test pins them. */

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
/** Activity type that watches a job. A worker completes the activity later. */
export const WATCH_JOB = 'unstructured.watchJob';
/** Activity type that joins a run with the same key. */
export const JOIN_RUN = 'unstructured.joinRun';
/** Activity types of a batch, for its plan and its manifest. */
export const PLAN_JOBS = 'unstructured.planJobs';
export const WRITE_PLAN = 'unstructured.writePlan';
export const BEGIN_JOB = 'unstructured.beginJob';
export const WRITE_MANIFEST_PART = 'unstructured.writeManifestPart';
export const WRITE_MANIFEST = 'unstructured.writeManifest';
/** Memo with the job that a run started, for the run that resumes it. */
export const RUN_MEMO = 'unstructured';
/** Memo with the digest of a run's documents. Callers with other documents do not join the run. */
export const DOCUMENTS_MEMO = 'unstructured.documents';
/**
 * Memo that identifies the answer of a run by the options that decide it, apart from the documents. Callers that asked for another answer do not join
 * the run.
 */
export const ANSWER_MEMO = 'unstructured.answer';
/** Memo with a digest of the options that decide the answer of a waiter. Callers that asked for another answer do not join the waiter. */
export const WAIT_MEMO = 'unstructured.wait';
/** Memo that shows the job of a wait or a run in lists of workflows, once it is known. */
export const JOB_ID_MEMO = 'unstructured.jobId';
/** Memo with the account of a wait or a run, if its input names one. */
export const ACCOUNT_MEMO = 'unstructured.account';
/** Values that a wait, a run or a batch shows as search attributes, and their default names. Public: dashboards and queries use them. */
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

/** Signal with which an activity reports to its workflow how many documents or outputs it has transferred. */
export const TRANSFER_SIGNAL = 'unstructured.transfer';
/** Signal that makes a wait check at once; takes one optional {@link CheckNowHint}. */
export const CHECK_NOW_SIGNAL = 'unstructured.checkNow';
/** Query for a wait's progress. */
export const PROGRESS_QUERY = 'unstructured.progress';

/** The account that is used if an input names none and the worker has several. */
export const DEFAULT_ACCOUNT = 'default';

/** Workflow id of the waiter that callers share for a job. */
export function waiterWorkflowId(jobId: string): string {
  return `unstructured-job-${jobId.toLowerCase()}`;
}

/** Prefix of the workflow ids of waiters for the next job of a workflow. */
export function nextJobWaiterPrefix(workflowId: string): string {
  return `unstructured-workflow-${workflowId.toLowerCase()}-`;
}

/** Summary of a waiter in the Web UI. */
export function waiterSummary({ jobId, workflowId = '' }: { jobId?: string; workflowId?: string }): string {
  return jobId === undefined ? `Next Unstructured job of workflow ${workflowId}` : `Unstructured job ${jobId}`;
}
