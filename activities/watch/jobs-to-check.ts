import type { WatchedJob } from './watched-job';

/** A job that is asked for by itself, and what the list said; undefined where no list was requested. */
export interface JobToCheck {
  job: WatchedJob;
  isListed: boolean | undefined;
  /** Whether it is left alone in this round, if the API answers. */
  isSpared?: boolean;
}

/** The list is compared with a job that was not asked for by itself for so long, in milliseconds: one a round. */
const SAMPLED_AFTER_MS = 60_000;

/** Most jobs that are asked for in place of a list that failed, and may come in the next round. */
const MOST_IN_PLACE_OF_LIST = 40;

/** Without a list: those for which a call is allowed by now. */
export function dueJobs(jobs: readonly WatchedJob[], now: number): JobToCheck[] {
  return jobs.filter((job) => job.isDue(now)).map((job) => ({ job, isListed: undefined }));
}

/** Those that are due, where the list failed and may come in the next round: few of them are asked for. */
export function jobsWithoutList(due: readonly JobToCheck[]): JobToCheck[] {
  const asked = new Set(oldest(due, MOST_IN_PLACE_OF_LIST));
  return due.map((one) => ({ ...one, isSpared: !asked.has(one) }));
}

/**
 * Those that a list lacks, and of those that it has a few, so that each is confirmed now and then. The others are marked as unchanged.
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

/** The jobs whose last single read is the oldest. They reveal a list that is out of date. */
function oldest<S extends JobToCheck>(toCheck: readonly S[], count: number): S[] {
  return [...toCheck].sort((a, b) => a.job.askedAt - b.job.askedAt).slice(0, count);
}
