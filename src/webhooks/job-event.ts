import { readField } from '../core/error-shape';
import { isJobId } from '../core/job';
import { bytesOf } from './read-body';
import { checkSecrets } from './secrets';
import { readHeaders, type SignedHeaders, verifySignature, type WebhookHeaders } from './signature';

/**
 * Content of a delivery. The service signed it, but neither its shape nor its order is documented. Use it as a trigger, and read the state
 * of the job from the API.
 */
export interface JobEvent {
  /** Header `webhook-id`: the same for each delivery of an event. */
  id: string;
  /** When the delivery was sent, ISO-8601 in UTC. */
  sentAt: string;
  /** Event type, such as `job.completed`; null if the body has none. */
  type: string | null;
  /** Job id, a uuid in lower case; null if the body has none. */
  jobId: string | null;
  /** Workflow of the API that the job belongs to: a uuid in lower case; null if the body has none. */
  workflowId: string | null;
  /** The body, parsed; null if it is not JSON. */
  payload: unknown;
}

/** An event of a job. */
export type EventOfJob = JobEvent & { jobId: string };

/** Events after which a job no longer changes. */
const TERMINAL: readonly unknown[] = ['job.completed', 'job.stopped', 'job.failed'];

/** The event types that the service documents. */
const KNOWN: readonly unknown[] = ['job.scheduled', 'job.in_progress', ...TERMINAL];

/**
 * Verifies a delivery and parses it.
 * @param rawBody The bytes as received, not a body that was parsed and serialised again
 * @param secrets Secret of the channel; during a change, the new and the old one
 * @throws UnstructuredWebhookError if a header is missing, the delivery is stale, or no signature matches
 * @throws UnstructuredValidationError if an argument has a wrong type or value
 */
export function readJobEvent(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
): JobEvent {
  const body = bytesOf(rawBody);
  const checked = checkSecrets('secrets', secrets);
  return readEvent(body, readHeaders(headers, Date.now()), checked);
}

/** Verifies a delivery and parses it, like {@link readJobEvent}. */
export function readEvent(body: Uint8Array, signed: SignedHeaders, secrets: readonly string[]): JobEvent {
  verifySignature(body, signed, secrets);
  const payload = parse(body);
  return {
    id: signed.id,
    sentAt: new Date(Number(signed.timestamp) * 1_000).toISOString(),
    type: typeIn(payload),
    jobId: uuidAt(payload, JOB_ID_PLACES),
    workflowId: uuidAt(payload, WORKFLOW_ID_PLACES),
    payload,
  };
}

export function isTerminalEvent(event: JobEvent): event is EventOfJob {
  return event.jobId !== null && TERMINAL.includes(event.type);
}

/** Whether an event lacks what decides if a wait is signalled: its type or, of a terminal event, the job. */
export function isUnreadable({ type, jobId }: JobEvent): boolean {
  return type === null || (TERMINAL.includes(type) && jobId === null);
}

/** Where the event type may be: under the names that the service documents for deliveries and for the list of notifications. */
const TYPE_PLACES = ['type', 'event_type', 'data.type', 'data.event_type', 'payload.type', 'payload.event_type'];

/** Where the job's id may be. The first uuid found is used. */
const JOB_ID_PLACES = [
  'job.job_id',
  'data.job_id',
  'data.job.job_id',
  'payload.job_id',
  'job.id',
  'data.job.id',
  'job_id',
];

const WORKFLOW_ID_PLACES = [
  'job.workflow_id',
  'data.workflow_id',
  'data.job.workflow_id',
  'payload.workflow_id',
  'workflow_id',
];

function uuidAt(payload: unknown, places: readonly string[]): string | null {
  return valuesAt(payload, places).find(isJobId)?.toLowerCase() ?? null;
}

/** The first documented type found; if there is none, the first text. */
function typeIn(payload: unknown): string | null {
  const texts = valuesAt(payload, TYPE_PLACES).filter((value) => typeof value === 'string');
  return texts.find((text) => KNOWN.includes(text)) ?? texts[0] ?? null;
}

function valuesAt(payload: unknown, places: readonly string[]): unknown[] {
  return places.map((place) => place.split('.').reduce(readField, payload));
}

/** Skips a byte order mark at the start. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return null;
  }
}
