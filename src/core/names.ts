/** Names that users and programs in other languages see. Stable; pinned by a test. */

/** Workflow type that waits for one job. */
export const AWAIT_JOB_COMPLETION = 'awaitJobCompletion';
/** Activity type that asks the API for one job. */
export const GET_JOB = 'getJob';
/** Signal that makes a wait check at once; takes one optional {@link CheckNowHint}. */
export const CHECK_NOW_SIGNAL = 'unstructured.checkNow';
/** Query that answers a wait's progress. */
export const PROGRESS_QUERY = 'unstructured.progress';

/** Workflow id of the waiter for a job that callers share. */
export function waiterWorkflowId(jobId: string): string {
  return `unstructured-job-${jobId.toLowerCase()}`;
}
