import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isObject } from '../../src/core/kind-of';
import type { SeenBefore } from '../../src/core/start/request';

/** Ids of the workflow's jobs right before a start that failed was sent, where its activity told them. */
export function othersBefore(error: unknown): string[] | null {
  for (let e = error; isObject(e); e = (e as Error).cause) {
    const told =
      e instanceof ApplicationFailure
        ? e.details?.[1]
        : e instanceof TimeoutFailure
          ? e.lastHeartbeatDetails
          : undefined;
    if (isSeenBefore(told)) return told.others;
  }
  return null;
}

function isSeenBefore(told: unknown): told is SeenBefore {
  return isObject(told) && Array.isArray((told as Partial<SeenBefore>).others);
}
