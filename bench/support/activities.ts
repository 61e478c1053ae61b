import { createGetJob, type GetJobPort } from '../../activities';
import type { Job } from '../../src/core/job';

/** Activities of the patterns in `workflows.ts`, all over one port. Only ours also takes the input of a check inside a wait. */
export function activitiesOver(port: GetJobPort) {
  const getJob = createGetJob(() => port);
  return {
    getJob,
    async getFinishedJob(input: { jobId: string }): Promise<Job> {
      const job = (await getJob(input)) as Job;
      if (job.status === 'SCHEDULED' || job.status === 'IN_PROGRESS') throw new Error(`The job is ${job.status}.`);
      return job;
    },
  };
}
