import { isTerminal, verdictOf } from '../../../core/job';
import { uuidFrom } from '../support/ids';
import type { StatusChange } from '../job/job-life';
import type { JobState } from '../job/job-state';

export const EVENT_TYPES = ['job.scheduled', 'job.in_progress', 'job.completed', 'job.stopped', 'job.failed'] as const;

/** A type of event that a channel may receive. */
export type EventType = (typeof EVENT_TYPES)[number];

/** A change of a job's status. */
export interface JobEvent {
  /** The same for one change, however often it is delivered. */
  id: string;
  type: EventType;
  jobId: string;
  workflowId: string;
  status: string;
  /** Milliseconds on the fake's clock. */
  at: number;
  /** Milliseconds since the job was added. */
  elapsed: number;
}

/** The event of a change; undefined for a status that has none. */
export function eventOf({ facts, life }: JobState, { status, at }: StatusChange): JobEvent | undefined {
  const type = EVENT_TYPES.find((known) => known === `job.${status.toLowerCase()}`);
  if (type === undefined) return undefined;
  const { id: jobId, workflowId } = facts;
  return { id: uuidFrom('event', jobId, status, at), type, jobId, workflowId, status, at, elapsed: at - life.addedAt };
}

export function isEnd({ status }: JobEvent): boolean {
  return isTerminal(verdictOf(status));
}

/** An event as the list of notifications shows it. */
export function renderNotification({ id, type, jobId, workflowId, status, at }: JobEvent): Record<string, unknown> {
  return {
    id,
    event_type: type,
    workflow_id: workflowId,
    payload: { job_id: jobId, status },
    created_at: new Date(at).toISOString(),
    is_read: false,
  };
}
