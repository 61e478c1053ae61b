import type { WatchedJob } from './watched-job';

/** A job to read individually. `isListed`: whether the list has the job; undefined if no list was requested. */
export interface JobToCheck {
  job: WatchedJob;
  isListed: boolean | undefined;
  /** Whether the job is left out of this round, as long as the API answers. */
  isSpared?: boolean;
}

/** Each round compares the list with one job that has not been read individually for this long, in milliseconds. */
const SAMPLED_AFTER_MS = 60_000;

/** Maximum number of jobs that are read in place of a list that failed and may work in the next round. */
const MOST_IN_PLACE_OF_LIST = 40;

/** Without a list: the jobs for which a call is allowed by now. */
export function dueJobs(jobs: readonly WatchedJob[], now: number): JobToCheck[] {
  return jobs.filter((job) => job.isDue(now)).map((job) => ({ job, isListed: undefined }));
}

/** The due jobs, after a list failed that may work in the next round. Only a few of them are read. */
export function jobsWithoutList(due: readonly JobToCheck[]): JobToCheck[] {
  const asked = new Set(oldest(due, MOST_IN_PLACE_OF_LIST));
  return due.map((one) => ({ ...one, isSpared: !asked.has(one) }));
}

/**
 * The jobs that the list lacks, and a few that it has, so that each of those is confirmed from time to time. All jobs on the list are marked as
 * unchanged.
 * @param listed Ids of the jobs on the list, in lower case
 * @param share The part of all jobs that may be confirmed in this round
 */
export function jobsToConfirm(
  jobs: readonly WatchedJob[],
  listed: ReadonlySet<string>,
  now: number,
  share: number,
): JobToCheck[] {
  const toCheck = jobs.map((job) => ({ job, isListed: listed.has(job.request.jobId.toLowerCase()) }));
  const known = toCheck.filter(({ isListed }) => isListed);
  for (const { job } of known) job.seenUnchanged(now, 'listed');
  const sampled = known.filter(({ job }) => job.isDue(now) && now - job.askedAt >= SAMPLED_AFTER_MS);
  const unconfirmed = known.filter(({ job }) => job.isUnconfirmed(now));
  const confirmed = new Set([...oldest(sampled, 1), ...oldest(unconfirmed, Math.ceil(share * jobs.length))]);
  return toCheck.filter((one) => !one.isListed || confirmed.has(one));
}

/** The jobs with the oldest individual reads. They reveal a list that is out of date. */
function oldest<S extends JobToCheck>(toCheck: readonly S[], count: number): S[] {
  return [...toCheck].sort((a, b) => a.job.askedAt - b.job.askedAt).slice(0, count);
}
