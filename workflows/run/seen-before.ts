import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isObject } from '../../src/core/values';
import type { SeenBefore } from '../../src/core/start/request';

/** What was seen right before a start that failed was sent, where its activity told it. */
export function seenBefore(error: unknown): SeenBefore {
  for (let e = error; e instanceof Error; e = e.cause) {
    const told =
      e instanceof ApplicationFailure
        ? e.details?.[1]
        : e instanceof TimeoutFailure
          ? e.lastHeartbeatDetails
          : undefined;
    if (isSeenBefore(told)) return told;
  }
  return { others: null };
}

function isSeenBefore(told: unknown): told is SeenBefore {
  if (!isObject(told)) return false;
  const { others, skipped } = told as Partial<SeenBefore>;
  return Array.isArray(others) || (others === null && Array.isArray(skipped));
}
