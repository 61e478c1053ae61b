import type { WorkflowExecutionDescription } from '@temporalio/client';
import { JOIN_RUN, WATCH_JOB } from '../../core/names';

/** What Temporal retries right now. */
export interface Retrying {
  attempt: number;
  /** Type of the last failure. */
  type: string;
  message: string;
}

/** These end in failures while all is well, and are then tried again. */
const WAITING: readonly unknown[] = [WATCH_JOB, JOIN_RUN];

/** The first activity of a workflow that is retried after a failure; null if there is none. */
export function findRetries({ raw }: WorkflowExecutionDescription): Retrying | null {
  for (const { activityType, attempt, lastFailure } of raw.pendingActivities ?? []) {
    if (!lastFailure || !attempt || WAITING.includes(activityType?.name)) continue;
    const message = lastFailure.message || 'a failure';
    return { attempt, type: lastFailure.applicationFailureInfo?.type ?? message, message };
  }
  return null;
}
