import type { JobList, ListJobsInput } from './job-list';
import type { StartOptions } from './options';
import type { StartTarget } from './request';

/** The last look at how many jobs run, by which a start is held back. Times are milliseconds since the epoch, workflow time. */
export interface Room {
  /** Since when it is looked for. */
  since: number;
  lastLookAt: number;
  /** On-demand jobs that run; null where they could not be counted. */
  running: number | null;
}

/** Narrow: what is queued takes no room, and the API's lists are unpaged. */
export const RUNNING_JOBS: ListJobsInput = { status: 'IN_PROGRESS' };

/** Jobs of a workflow take no room. One that does not say what it is may be on-demand: older answers had no type. */
const NOT_ON_DEMAND: readonly (string | null)[] = ['persistent', 'scheduled'];

/** Whether this start is sent only where there is room for its job. */
export function needsRoom(target: StartTarget, { whenFull }: Pick<StartOptions, 'whenFull'>): boolean {
  return whenFull === 'hold' && !('workflowId' in target);
}

/** @param list null where it could not be had */
export function lookedForRoom(room: Room | null, list: JobList | null, now: number): Room {
  return { since: room?.since ?? now, lastLookAt: now, running: list && countOnDemand(list) };
}

function countOnDemand({ jobs, total }: JobList): number {
  const told = jobs.filter(({ jobType }) => !NOT_ON_DEMAND.includes(jobType)).length;
  return told + total - jobs.length;
}

/** Whether the last look holds the start back. Where nobody knows how many run, the service judges; after `launchBudget`, too. */
export function isFull(
  { since, lastLookAt, running }: Room,
  { maxRunning, launchBudget }: Pick<StartOptions, 'maxRunning' | 'launchBudget'>,
): boolean {
  return running !== null && running >= maxRunning && lastLookAt - since < launchBudget;
}
