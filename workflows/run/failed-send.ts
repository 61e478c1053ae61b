import { ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailedCall } from '../../src/core/call-error';
import { isSeenBefore } from '../../src/core/start/check-answers';
import type { SeenBefore } from '../../src/core/start/request';
import { isObject } from '../../src/core/values';
import { failedCall } from '../support/failures';

/**
 * The failed call of a start. If Temporal accepted no heartbeat with details, the start was not sent: its activity waits for one to be accepted
 * before the first byte.
 */
export function failedSend(error: unknown): FailedCall {
  const failed = failedCall(error);
  if (failed.type === 'error' || failed.timeoutType !== 'HEARTBEAT') return failed;
  for (let e = error; e instanceof Error; e = e.cause)
    if (e instanceof TimeoutFailure) return { ...failed, notSent: e.lastHeartbeatDetails === undefined };
  return failed;
}

/** What was seen right before a failed start was sent, if its activity reported it. */
export function seenBefore(error: unknown): SeenBefore {
  for (let e = error; isObject(e); e = (e as Error).cause) {
    const told =
      e instanceof ApplicationFailure
        ? e.details?.[1]
        : e instanceof TimeoutFailure
          ? e.lastHeartbeatDetails
          : undefined;
    if (isSeenBefore(told)) return told;
  }
  return { earlierJobIds: null };
}
