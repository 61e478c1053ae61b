import { AsyncResource } from 'node:async_hooks';
import { activityInfo, CompleteAsyncError, getClient } from '@temporalio/activity';
import { WATCH_JOB } from '../src/core/names';
import type { ClientOf } from './support/perform-activity';
import type { WatchAnswer } from '../src/core/wait/watch';
import type { OperationActivities, WatchJobInput } from './types';
import type { WatchPort } from './watch/watch-port';
import { handedBack } from './watch/token';
import { watchFailure } from './watch/watched-job';
import type { Watches } from './watch/watches';

/** The lease if the caller set no heartbeat time-out, in milliseconds. */
const LONGEST_LEASE_MS = 600_000;

/** An async scope outside any activity. Work that begins inside an activity would keep the activity in memory, and make its calls in its name. */
const outside = new AsyncResource('UnstructuredWatch');

/**
 * The activity that watches a job for a wait. It releases its slot at once. The process keeps its task token, looks at all watched jobs together, and
 * completes the activity when the job's status differs from the one that the wait knows.
 */
export function createWatchJob(
  clientOf: ClientOf<WatchPort>,
  watches: Watches,
): Pick<OperationActivities, typeof WATCH_JOB> {
  const watchedJobs = (account: string | undefined) => {
    try {
      return watches.of(() => clientOf(account));
    } catch (error) {
      throw watchFailure(error);
    }
  };
  const watch = ({ account, ...request }: WatchJobInput): WatchAnswer => {
    if (!watches.isOffered) return { check: null, seenAt: null, watch: null };
    const client = getClient();
    if (watches.isStopping(client)) throw handedBack(Math.random(), 'not taken');
    const { taskToken, heartbeatTimeoutMs, scheduledTimestampMs, currentAttemptScheduledTimestampMs, ...info } =
      activityInfo();
    const spentMs = Math.max(0, currentAttemptScheduledTimestampMs - scheduledTimestampMs);
    const token = {
      client,
      taskToken: Uint8Array.from(taskToken), // the SDK's own array is a view of the whole task, which would stay in memory
      leaseMs: heartbeatTimeoutMs ?? LONGEST_LEASE_MS,
      scheduledAt: currentAttemptScheduledTimestampMs,
      closeMs: (info.scheduleToCloseTimeoutMs || Infinity) - spentMs,
    };
    outside.runInAsyncScope(() => watchedJobs(account).add(request, token, request.forMs - spentMs));
    throw new CompleteAsyncError();
  };
  return { [WATCH_JOB]: (input) => Promise.resolve(input).then(watch) };
}
