import { isoTime } from './instant';

/** A task queue from which no worker takes what was scheduled. Plain data; `since` is in milliseconds since the epoch, workflow time. */
export interface Unserved {
  since: number;
  taskQueue: string;
  /** Whether it is the workflow's own, which has another name while a history is replayed. @default false */
  isOwn?: boolean | undefined;
}

/** The same as the progress shows it: no worker serves the queue, or its worker lags. */
export interface UnservedQueue {
  /** When the first activity was scheduled that no worker has taken, ISO-8601. */
  since: string;
  taskQueue: string;
}

export function unservedQueue(unserved: Unserved | null | undefined): UnservedQueue | null {
  return unserved ? { since: isoTime(unserved.since), taskQueue: unserved.taskQueue } : null;
}

/** How long an activity may lie in its task queue before that is shown, at least. In milliseconds. Histories depend on it. */
const SHOWN_AFTER_MS = 45_000;

/** Whether the queue is unserved of which no worker took an activity in that time: right before a limit there is not enough of it. */
export function tellsOfQueue(scheduleToStartTimeout: number): boolean {
  return scheduleToStartTimeout >= SHOWN_AFTER_MS;
}

/**
 * What is left for a worker that comes at the last moment, however late the workflow hears that none took the activity. In
 * milliseconds. Histories depend on it.
 */
const LAST_CHANCE_MS = 5_000;

/** Added to schedule-to-close so that schedule-to-start fires first: its time-out tells that no worker took the activity. */
const NOT_TAKEN_FIRST_MS = 1_000;

/** Time-outs of an activity, in milliseconds. */
export interface ScheduleTimes {
  /** Until a worker takes it. */
  scheduleToStartTimeout: number;
  /** Until it ends. */
  scheduleToCloseTimeout: number;
}

/**
 * Time-outs that reveal an unserved queue early, for an activity that has `limitMs` to end. Where it is scheduled again it loses its place in
 * the queue. In a queue that is merely slow that happens once: the next activity may lie there for twice as long as the one
 * before took in all, `lastMs`.
 */
export function shownTimes(limitMs: number, lastMs: number): ScheduleTimes {
  const scheduleToStartTimeout = Math.min(Math.max(SHOWN_AFTER_MS, 2 * lastMs), limitMs - lastChanceMs(limitMs));
  return { scheduleToStartTimeout, scheduleToCloseTimeout: limitMs };
}

/** Time-outs when the queue is already known to be unserved: what is left of the activity's time, or all of it. */
export function longQueueTimes(limitMs: number, leftMs = limitMs): ScheduleTimes {
  const scheduleToStartTimeout = Math.max(leftMs, lastChanceMs(limitMs));
  return { scheduleToStartTimeout, scheduleToCloseTimeout: scheduleToStartTimeout + NOT_TAKEN_FIRST_MS };
}

function lastChanceMs(limitMs: number): number {
  return Math.min(LAST_CHANCE_MS, limitMs / 2);
}
