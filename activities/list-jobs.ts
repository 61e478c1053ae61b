import type { UnstructuredClient } from '../src/api/client';
import { type Job, summarize } from '../src/core/job';
import { LIST_JOBS } from '../src/core/names';
import type { JobList, ListJobsInput } from '../src/core/start/job-list';
import { call, type ClientOf } from './support/call';
import { launchedJob } from './support/launched-job';
import type { OperationActivities } from './types';

/** As many jobs as are told one by one. */
const MAX_JOBS = 100;

/** More than one job that carries a token is one too many. */
const MAX_CARRYING = 2;

/** The activity that lists jobs, always narrowed: the API's list is unpaged. */
export function createListJobs(
  clientOf: ClientOf<Pick<UnstructuredClient, 'listJobs'>>,
): Pick<OperationActivities, typeof LIST_JOBS> {
  return {
    [LIST_JOBS]: (input) =>
      call(
        async (context) => {
          const { account, workflowId, status } = input;
          return listOf(await clientOf(account).listJobs({ workflowId, status }, context), input);
        },
        { benign: input.benign },
      ),
  };
}

function listOf(all: Job[], { createdAfter, token, oldestFirst = false }: ListJobsInput): JobList {
  const since = createdAfter === undefined ? -Infinity : Date.parse(createdAfter);
  const jobs = all.filter((job) => (job.createdAt === null ? !oldestFirst : createdAtMs(job) >= since));
  jobs.sort((a, b) => createdAtMs(b) - createdAtMs(a));
  if (oldestFirst) jobs.reverse();
  return {
    jobs: jobs.slice(0, MAX_JOBS).map(summarize),
    total: jobs.length,
    // Whatever their instants: the token alone tells them, and the clocks may be apart.
    carrying: all
      .filter(({ inputFileIds }) => token !== undefined && inputFileIds?.some((id) => id.startsWith(`${token}-`)))
      .slice(0, MAX_CARRYING)
      .map(launchedJob),
  };
}

function createdAtMs({ createdAt }: Job): number {
  return createdAt === null ? 0 : Date.parse(createdAt);
}
