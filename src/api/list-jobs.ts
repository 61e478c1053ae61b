import { invalidInput } from '../core/errors';
import { isTerminal, verdictOf, type Job } from '../core/job';
import { jsonBody } from './http/json';
import { readJobs } from './operations/read-job';
import type { Operation } from './http/transport';

/** What narrows the list, which the API sends whole. At least one of the two. */
export interface JobFilter {
  /** Only jobs of this workflow, a uuid. */
  workflowId?: string;
  /** Only jobs of this status. Without a workflow none that is terminal: the list has no end. */
  status?: string;
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
