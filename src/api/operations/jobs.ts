import type { Job } from '../../core/job';
import { jsonBody } from '../http/json';
import { Problem } from '../http/problem';
import type { Operation } from '../http/transport';
import { readJob } from './read-job';

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
