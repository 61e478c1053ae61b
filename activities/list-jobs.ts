import type { ListJobsAnswer, UnstructuredClient } from '../src/api/client';
import { isTerminal, type Job, summarize, verdictOf } from '../src/core/job';
import { LIST_JOBS } from '../src/core/names';
import type { JobList, ListedJob, ListJobsInput } from '../src/core/start/job-list';
import { type ClientOf, performActivity } from './support/perform-activity';
import { jobAtStart } from './support/job-at-start';
import type { OperationActivities } from './types';

/** Maximum number of jobs in an answer. */
const MAX_JOBS = 100;

/**
 * A job that may carry the token counts whatever its creation time, because the clocks may differ. An entry that cannot be read counts up to this
 * difference, in milliseconds. An older entry is certainly another job.
 */
const LONGEST_CLOCK_SKEW_MS = 86_400_000;

/** If two jobs carry the token, it identifies neither. */
const MAX_CARRYING = 2;

/** The activity that lists jobs. The list is always narrowed, because the API's list has no pages. */
export function createListJobs(
  clientOf: ClientOf<Pick<UnstructuredClient, 'listJobs'>>,
): Pick<OperationActivities, typeof LIST_JOBS> {
  return {
    [LIST_JOBS]: (input) =>
      performActivity(
        async (context) => {
          const { account, workflowId, status = '', createdAfter } = input;
          // If the list is bounded otherwise, jobs that carry the token are reported whatever their creation time.
          const isEndless = workflowId === undefined && isTerminal(verdictOf(status));
          const isBounded = isEndless || input.token === undefined;
          const filter = { workflowId, status: input.status, ...(isBounded && { createdAfter }) };
          return selectJobs(await clientOf(account).listJobs(filter, context), input);
        },
        { benign: input.benign },
      ),
  };
}

function selectJobs(
  { jobs: all, unreadable }: ListJobsAnswer,
  { createdAfter, token, oldestFirst = false, inputFiles = false }: ListJobsInput,
): JobList {
  const since = createdAfter === undefined ? -Infinity : Date.parse(createdAfter);
  const jobs = all.filter((job) => (job.createdAt === null ? !oldestFirst : createdAtMs(job) >= since));
  jobs.sort((a, b) => createdAtMs(b) - createdAtMs(a));
  if (oldestFirst) jobs.reverse();
  const unreadableSince = token === undefined ? since : since - LONGEST_CLOCK_SKEW_MS;
  // If the first job is looked for, entries later than the first that could be read are certainly others.
  const until = oldestFirst && jobs[0] ? createdAtMs(jobs[0]) : Infinity;
  const mayCount = (ms: number) => ms >= unreadableSince && ms <= until;
  const unreadableEntries = unreadable.filter((job) => job.createdAt === null || mayCount(createdAtMs(job))).length;
  const unknownFiles = token === undefined ? 0 : jobs.filter((job) => mayCarry(job, token)).length;
  return {
    jobs: jobs.slice(0, MAX_JOBS).map((job) => listed(job, inputFiles)),
    total: jobs.length,
    // Any creation time counts, because the token alone identifies these jobs, and the clocks may differ.
    carrying: all
      .filter((job) => token !== undefined && carries(job, token))
      .slice(0, MAX_CARRYING)
      .map(jobAtStart),
    ...(unreadableEntries > 0 && { unreadableEntries }),
    ...(unknownFiles > 0 && { unknownFiles }),
  };
}

function carries(job: Job, token: string): boolean {
  return fileIds(job).some((id) => id.startsWith(`${token}-`));
}

/** Whether a job does not say of all its files what they are called; one that a schedule began is nobody's start. */
function mayCarry(job: Job, token: string): boolean {
  const isKnown = fileIds(job).length > 0 && job.unreadableEntries === undefined;
  return !isKnown && !carries(job, token) && job.jobType !== 'scheduled';
}

/** Each file has its id in either list; an answer may lack one of them, or both. */
function fileIds({ inputFileIds, outputNodeFiles }: Job): string[] {
  return [...(inputFileIds ?? []), ...(outputNodeFiles ?? []).map(({ fileId }) => fileId)];
}

/** Maximum number of input file ids of a job, and maximum length of each. */
const MAX_FILES = 10;
const MAX_FILE_ID = 200;

function listed(job: Job, inputFiles: boolean): ListedJob {
  const ids = inputFiles ? job.inputFileIds : null;
  const inputFileIds = ids?.slice(0, MAX_FILES).map((id) => id.slice(0, MAX_FILE_ID));
  return { ...summarize(job), ...(inputFileIds && { inputFileIds }) };
}

function createdAtMs({ createdAt }: Pick<Job, 'createdAt'>): number {
  return createdAt === null ? 0 : Date.parse(createdAt);
}
