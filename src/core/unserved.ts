import { isoTime } from './instant';

/** A task queue from which no worker takes the scheduled activities. Plain data; `since` is in milliseconds since the epoch, workflow time. */
export interface Unserved {
  since: number;
  taskQueue: string;
  /** Whether it is the workflow's own task queue. While a history is replayed, that queue has another name. @default false */
  isOwn?: boolean | undefined;
}

/** An unserved queue as the progress shows it: no worker serves the queue, or its worker lags. */
export interface UnservedQueue {
  /** When the first activity that no worker has taken was scheduled, ISO-8601. */
  since: string;
  taskQueue: string;
}

export function unservedQueue(unserved: Unserved | null | undefined): UnservedQueue | null {
  return unserved ? { since: isoTime(unserved.since), taskQueue: unserved.taskQueue } : null;
}

/** Minimum time that an activity waits in its task queue before this is shown. In milliseconds. Histories depend on it. */
const SHOWN_AFTER_MS = 45_000;

/** Whether a schedule-to-start time-out of this length shows that the queue is unserved. Right before a limit, the time-out is too short for that. */
export function tellsOfQueue(scheduleToStartTimeout: number): boolean {
  return scheduleToStartTimeout >= SHOWN_AFTER_MS;
}

/**
 * Time that remains for a worker that comes at the last moment, however late the workflow learns that no worker took the activity. In milliseconds.
 * Histories depend on it.
 */
const LAST_CHANCE_MS = 5_000;

/** Added to schedule-to-close so that schedule-to-start fires first. That time-out shows that no worker took the activity. */
const NOT_TAKEN_FIRST_MS = 1_000;

/** Time-outs of an activity, in milliseconds. */
export interface ScheduleTimes {
  /** Until a worker takes it. */
  scheduleToStartTimeout: number;
  /** Until it ends. */
  scheduleToCloseTimeout: number;
}

/**
 * Time-outs that reveal an unserved queue early, for an activity that must end within `limitMs`. An activity that is scheduled again loses its place
 * in the queue. In a queue that is merely slow, this happens once: the next activity may wait in the queue for twice the total time of the previous
 * one, `lastMs`.
 */
export function shownTimes(limitMs: number, lastMs: number): ScheduleTimes {
  const scheduleToStartTimeout = Math.min(Math.max(SHOWN_AFTER_MS, 2 * lastMs), limitMs - lastChanceMs(limitMs));
  return { scheduleToStartTimeout, scheduleToCloseTimeout: limitMs };
}

/** Time-outs if the queue is already known to be unserved: the rest of the activity's time, or all of it. */
export function longQueueTimes(limitMs: number, leftMs = limitMs): ScheduleTimes {
  const scheduleToStartTimeout = Math.max(leftMs, lastChanceMs(limitMs));
  return { scheduleToStartTimeout, scheduleToCloseTimeout: scheduleToStartTimeout + NOT_TAKEN_FIRST_MS };
}

function lastChanceMs(limitMs: number): number {
  return Math.min(LAST_CHANCE_MS, limitMs / 2);
}
