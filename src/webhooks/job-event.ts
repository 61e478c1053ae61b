import { invalidInput } from '../core/errors';
import { readField } from '../core/error-shape';
import { isJobId } from '../core/job';
import { isObject, kindOf } from '../core/values';
import { checkSecrets } from './secrets';
import { readHeaders, verifySignature, type WebhookHeaders } from './signature';
import { BODY_USED, UnstructuredWebhookError } from './webhook-error';

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
const TERMINAL: readonly (string | null)[] = ['job.completed', 'job.stopped', 'job.failed'];

/**
 * Verifies a delivery and parses it.
 * @param rawBody The bytes as received, not a body that was parsed and serialised again
 * @param secrets Secret of the channel; during a change, the new and the old one
 * @throws UnstructuredWebhookError if a header is missing, the delivery is stale, or no signature matches
 * @throws UnstructuredValidationError if the secrets or the body have a wrong type or value
 */
export function readJobEvent(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
): JobEvent {
  return readEvent(toBytes(rawBody), headers, checkSecrets('secrets', secrets), Date.now());
}

/** Like {@link readJobEvent}, with arguments that were already checked. */
export function readEvent(
  body: Uint8Array,
  headers: WebhookHeaders,
  secrets: readonly string[],
  now: number,
): JobEvent {
  const signed = readHeaders(headers);
  verifySignature(body, signed, secrets, now);
  const payload = parse(body);
  return {
    id: signed.id,
    sentAt: new Date(Number(signed.timestamp) * 1_000).toISOString(),
    type: textAt(payload, ['type', 'event_type']),
    jobId: uuidAt(payload, JOB_ID_PLACES),
    workflowId: uuidAt(payload, WORKFLOW_ID_PLACES),
    payload,
  };
}

export function isTerminalEvent(event: JobEvent): event is EventOfJob {
  return event.jobId !== null && TERMINAL.includes(event.type);
}

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
  const values = places.map((place) => place.split('.').reduce(readField, payload));
  return values.find(isJobId)?.toLowerCase() ?? null;
}

function textAt(payload: unknown, names: readonly string[]): string | null {
  const values = names.map((name) => readField(payload, name));
  return values.find((value): value is string => typeof value === 'string') ?? null;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown; // without a byte order mark
  } catch {
    return null;
  }
}

function toBytes(rawBody: unknown): Uint8Array {
  if (typeof rawBody === 'string') return Buffer.from(rawBody);
  if (rawBody instanceof Uint8Array) return rawBody;
  if (isObject(rawBody)) throw new UnstructuredWebhookError('bodyUsed', BODY_USED);
  throw invalidInput(`The body of a delivery must be its bytes or their text; got ${kindOf(rawBody)}.`);
}
