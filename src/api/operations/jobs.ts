import { invalidInput } from '../../core/errors';
import { INSTANT, readOption } from '../../core/option-rules';
import { isTerminal, type Job, verdictOf } from '../../core/job';
import { jsonBody } from '../http/json';
import { HttpError } from '../http/http-error';
import type { Operation } from '../http/transport';
import { type ListJobsAnswer, readJob, readJobs } from './read-job';

/** `GET /jobs/{job_id}`: reads one job in its current state. `jobId` is checked. */
export function getJobOperation(jobId: string): Operation<Job> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}`,
    jobId,
    receive: (head, rules) =>
      jsonBody(head, rules, (json) => {
        const job = readJob(json, rules.redactor);
        if (job.id.toLowerCase() === jobId.toLowerCase()) return job;
        throw new HttpError('response', 'the answer is about another job than the one asked for');
      }),
  };
}

/** Filter of the list: `workflowId`, `status`, or both. The API sends the whole list. */
export interface JobFilter {
  /** Only jobs of this workflow, a uuid. */
  workflowId?: string | undefined;
  /** Only jobs of this status. A terminal status also needs `workflowId` or `createdAfter`, since the list is unpaged. */
  status?: string | undefined;
  /**
   * Leaves out jobs created before this ISO-8601 instant. A job without a readable instant is kept. The API has no such filter and sends all jobs, so
   * a list larger than `maxResponseBytes` fails.
   */
  createdAfter?: string | undefined;
}

/** `GET /jobs/`: unpaged, in no particular order. `workflowId` is checked. */
export function listJobsOperation({ workflowId, status, createdAfter }: JobFilter): Operation<ListJobsAnswer> {
  if (createdAfter !== undefined) readOption('createdAfter', INSTANT, createdAfter);
  const isEndless = status === undefined || (isTerminal(verdictOf(status)) && createdAfter === undefined);
  if (workflowId === undefined && isEndless)
    throw invalidInput(
      `listJobs needs a workflowId, or a status, with createdAfter for a terminal one, since the list is unpaged; got ${status === undefined ? 'neither' : `status ${JSON.stringify(status)}`}.`,
    );
  return {
    method: 'GET',
    path: '/jobs/',
    query: { ...(workflowId !== undefined && { workflow_id: workflowId }), ...(status !== undefined && { status }) },
    receive: (head, rules) =>
      jsonBody(head, rules, (json) => listedSince(readJobs(json, rules.redactor), createdAfter)),
  };
}

function listedSince({ jobs, unreadable }: ListJobsAnswer, createdAfter?: string): ListJobsAnswer {
  return { jobs: jobs.filter(isSince(createdAfter)), unreadable: unreadable.filter(isSince(createdAfter)) };
}

function isSince(instant?: string): (job: Pick<Job, 'createdAt'>) => boolean {
  const since = instant === undefined ? -Infinity : Date.parse(instant);
  return ({ createdAt }) => createdAt === null || Date.parse(createdAt) >= since;
}

/** `POST /jobs/{job_id}/cancel`. The body of a success is not specified, so it is not read. `jobId` is checked. */
export function cancelJobOperation(jobId: string): Operation<void> {
  return {
    method: 'POST',
    path: `/jobs/${jobId}/cancel`,
    jobId,
    receive: () => ({ write: () => undefined, end: () => undefined }),
  };
}
