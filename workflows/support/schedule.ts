import { ActivityCancellationType, isCancellation, log, TimeoutFailure, workflowInfo } from '@temporalio/workflow';
import { innerFailure } from '../../src/common/failure';
import { longQueueTimes, type ScheduleTimes, shownTimes, tellsOfQueue, type Unserved } from '../../src/core/unserved';

/** Options of an activity that asks the API for one thing. The workflow handles errors that outlast these few retries. */
export const ASKING = {
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds', maximumAttempts: 4 },
} as const;

/** Like {@link ASKING}, for a list that may be long. */
export const LISTING = { ...ASKING, startToCloseTimeout: '60 seconds' } as const;

/** The task queue of an activity, with what is known about it, and a callback for changes. */
export interface ActivityQueue {
  /** Absent for the workflow's own task queue. */
  taskQueue: string | undefined;
  unserved: Unserved | null | undefined;
  /** Time of the last activity, from its scheduling to its end, in milliseconds; 0 if there was none. */
  lastMs?: number;
  note(unserved: Unserved | null): void;
}

/**
 * Schedules an activity that must end within `limitMs`. If no worker takes it, this is recorded soon, and the activity is scheduled again for the
 * rest of its time. From then on, activities get their whole time at once, until a worker takes one. Numbers decide how long an activity waits in its
 * queue, never whether it is scheduled again.
 * @param schedule Gets the heartbeat details of an earlier attempt, because Temporal passes them on only to its own retries
 */
export function scheduleShown<T>(
  { taskQueue, lastMs = 0, ...queue }: ActivityQueue,
  limitMs: number,
  schedule: (times: ScheduleTimes, memory?: unknown) => Promise<T>,
): Promise<T> {
  let unserved = isForQueue(queue.unserved, taskQueue) ? queue.unserved : null;
  const note = (now: Unserved | null): void => queue.note((unserved = now));
  const noteTaken = (): void => {
    if (!unserved) return;
    log.info('A worker takes activities again', { taskQueue: unserved.taskQueue });
    note(null);
  };
  const answered = (answer: T): T => {
    noteTaken();
    return answer;
  };
  const failed = (error: unknown): never => {
    if (!isCancellation(error) && !notTaken(error)) noteTaken();
    throw error;
  };
  const begunAt = Date.now();
  if (unserved) return schedule(longQueueTimes(limitMs)).then(answered, failed);
  const times = shownTimes(limitMs, lastMs);
  return schedule(times).then(answered, (error: unknown) => {
    const timeout = isCancellation(error) ? undefined : notTaken(error);
    if (!timeout) return failed(error);
    if (tellsOfQueue(times.scheduleToStartTimeout)) {
      const now = unservedSince(begunAt, taskQueue);
      log.warn('No worker takes an activity', { taskQueue: now.taskQueue, since: new Date(begunAt).toISOString() });
      note(now);
    }
    const leftMs = begunAt + limitMs - Date.now();
    return schedule(longQueueTimes(limitMs, leftMs), timeout.lastHeartbeatDetails).then(answered, failed);
  });
}

/** @param taskQueue undefined for the workflow's own task queue */
export function unservedSince(since: number, taskQueue: string | undefined): Unserved {
  return taskQueue === undefined ? { since, taskQueue: workflowInfo().taskQueue, isOwn: true } : { since, taskQueue };
}

function isForQueue(unserved: Unserved | null | undefined, taskQueue: string | undefined): boolean {
  return taskQueue === undefined ? unserved?.isOwn === true : !unserved?.isOwn && unserved?.taskQueue === taskQueue;
}

/**
 * The time-out of an activity that no worker took in time. Temporal does not retry it, even if an earlier attempt was taken.
 * @returns undefined if the activity ended otherwise
 */
export function notTaken(error: unknown): TimeoutFailure | undefined {
  const inner = innerFailure(error);
  return inner instanceof TimeoutFailure && inner.timeoutType === 'SCHEDULE_TO_START' ? inner : undefined;
}
