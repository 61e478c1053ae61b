import { invalidInput } from '../core/errors';
import { readField } from '../core/error-shape';
import { isJobId } from '../core/job';
import { isObject, kindOf } from '../core/values';
import { checkSecrets } from './secrets';
import { readHeaders, verifySignature, type WebhookHeaders } from './signature';
import { BODY_USED, UnstructuredWebhookError } from './webhook-error';

/**
 * What a delivery says. The service signed it, but neither its shape nor its order is documented: take it as a reason to look, and ask the
 * API what is true.
 */
export interface JobEvent {
  /** Header `webhook-id`: the same for each delivery of an event. */
  id: string;
  /** When it was sent, ISO-8601 in UTC. */
  sentAt: string;
  /** Such as `job.completed`; null where the body tells none. */
  type: string | null;
  /** A uuid in lower case; null where the body tells none. */
  jobId: string | null;
  /** The API's workflow that the job is of: a uuid in lower case; null where the body tells none. */
  workflowId: string | null;
  /** The body; null where it is no JSON. */
  payload: unknown;
}

/** An event of a job. */
export type EventOfJob = JobEvent & { jobId: string };

/** Events after which a job does not change any more. */
const TERMINAL: readonly (string | null)[] = ['job.completed', 'job.stopped', 'job.failed'];

/**
 * Checks a delivery and reads it.
 * @param rawBody The bytes as they came: no body that was parsed and written anew
 * @param secrets That of the channel; while it is changed, the new and the old one
 * @throws UnstructuredWebhookError where a header is missing, the delivery is stale, or no signature matches
 * @throws UnstructuredValidationError where the secrets or the body are none
 */
export function readJobEvent(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
): JobEvent {
  return readEvent(bytesOf(rawBody), headers, checkSecrets('secrets', secrets), Date.now());
}

/** The same of what was checked before. */
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

/** Where the id of the job may stand; the first uuid is it. */
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
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()) as unknown;
  } catch {
    return null;
  }
}

function bytesOf(rawBody: unknown): Uint8Array {
  if (typeof rawBody === 'string') return Buffer.from(rawBody);
  if (rawBody instanceof Uint8Array) return rawBody;
  if (isObject(rawBody)) throw new UnstructuredWebhookError('bodyUsed', BODY_USED);
  throw invalidInput(`The body of a delivery must be its bytes or their text; got ${kindOf(rawBody)}.`);
}
