import { invalidInput } from '../../core/errors';
import { isTerminal, type Job, verdictOf } from '../../core/job';
import { jsonBody } from '../http/json';
import { Problem } from '../http/problem';
import type { Operation } from '../http/transport';
import { readJob, readJobs } from './read-job';

/** `GET /jobs/{job_id}`: one job as it stands. `jobId` is checked. */
export function getJobOperation(jobId: string): Operation<Job> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}`,
    jobId,
    receive: (head, maxBytes) =>
      jsonBody(head, maxBytes, (json) => {
        const job = readJob(json);
        if (job.id.toLowerCase() === jobId.toLowerCase()) return job;
        throw new Problem('response', 'the answer is about another job than the one asked for');
      }),
  };
}

/** What narrows the list, which the API sends whole. At least one of the two. */
export interface JobFilter {
  /** Only jobs of this workflow, a uuid. */
  workflowId?: string | undefined;
  /** Only jobs of this status. Without a workflow none that is terminal: the list has no end. */
  status?: string | undefined;
}

/** `GET /jobs/`: unpaged, in no order. `workflowId` is checked. */
export function listJobsOperation({ workflowId, status }: JobFilter): Operation<Job[]> {
  if (workflowId === undefined && (status === undefined || isTerminal(verdictOf(status))))
    throw invalidInput(
      `listJobs needs a workflowId, or a status that is not terminal, since the list is unpaged; got status ${JSON.stringify(status)}`,
    );
  return {
    method: 'GET',
    path: '/jobs/',
    query: { ...(workflowId !== undefined && { workflow_id: workflowId }), ...(status !== undefined && { status }) },
    receive: (head, maxBytes) => jsonBody(head, maxBytes, readJobs),
  };
}

/** `POST /jobs/{job_id}/cancel`. What a success says is not specified, so it is not read. `jobId` is checked. */
export function cancelJobOperation(jobId: string): Operation<void> {
  return {
    method: 'POST',
    path: `/jobs/${jobId}/cancel`,
    jobId,
    receive: () => ({ write: () => undefined, end: () => undefined }),
  };
}
