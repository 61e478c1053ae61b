import { activityInfo, CompleteAsyncError, getClient } from '@temporalio/activity';
import { toApplicationFailure } from '../src/common/failure';
import { UnstructuredApiError } from '../src/core/errors';
import { WATCH_JOB } from '../src/core/names';
import type { ClientOf } from './support/perform-activity';
import type { OperationActivities } from './types';
import type { WatchPort } from './watch/round';
import { handedBack } from './watch/token';
import type { Watches } from './watch/watches';

/** The lease where the caller set no heartbeat time-out, in milliseconds. */
const LONGEST_LEASE_MS = 600_000;

/**
 * The activity that watches a job for a wait. It leaves its slot at once: the process holds its token, looks at all jobs that it watches
 * together, and completes it when the job's status is no longer the one that the wait knows.
 */
export function createWatchJob(
  clientOf: ClientOf<WatchPort>,
  watches: Watches,
): Pick<OperationActivities, typeof WATCH_JOB> {
  return {
    [WATCH_JOB]: ({ account, ...request }) => {
      const { taskToken, heartbeatTimeoutMs, scheduledTimestampMs, currentAttemptScheduledTimestampMs } =
        activityInfo();
      const client = getClient();
      if (watches.isStopping(client)) return Promise.reject(handedBack(Math.random()));
      const leaseMs = heartbeatTimeoutMs ?? LONGEST_LEASE_MS;
      const forMs = request.forMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs);
      const port = () => clientOf(account);
      try {
        port();
      } catch (error) {
        return Promise.reject(error instanceof UnstructuredApiError ? toApplicationFailure(error) : (error as Error));
      }
      watches.of(account ?? '', port).add(request, { client, taskToken, leaseMs }, forMs);
      return Promise.reject(new CompleteAsyncError());
    },
  };
}
