import { orLate } from '../common/or-aborted';
import { type EventOfJob, isTerminalEvent, isUnreadable, readEvent } from './job-event';
import { readSetUp, type SetUp, type WebhookHandlerOptions } from './options';
import { readBody } from './read-body';
import { signalWaiters } from './signal-waiters';
import { readHeaders } from './signature';
import { UnstructuredWebhookError } from './webhook-error';

/** Handler that a web framework calls with a delivery. Never rejects. */
export type WebhookHandler = (request: Request) => Promise<Response>;

/** Answer to a delivery, as JSON. */
export interface WebhookAnswer {
  /** `ignored`: the event does not end a job. `unknown`: no running wait for the job was found. */
  result: 'signalled' | 'ignored' | 'unknown';
  /** Number of waiters that were signalled. */
  waiters: number;
}

/** Senders wait for about 15 s, and the answer takes time to arrive. */
const DEADLINE_MS = 5_000;

/**
 * Creates a handler for the deliveries of a webhook channel. A delivery that is signed, not stale, and reports the end of a job makes the running
 * waiters for that job check at once, by the signal `unstructured.checkNow`. Nothing else in the delivery is trusted.
 *
 * It answers 200 even if no wait is found, because a sender repeats the delivery after any other answer, and finally disables the channel. After 500
 * and 503, the sender repeats the delivery. These are the other answers:
 * - 400 for a request that is not a delivery
 * - 401 for a forged or stale delivery
 * - 405 for a method other than POST
 * - 413 for more than 256 KiB
 * - 500 if a body parser has already read the body
 * - 503 if Temporal or a function of the options fails, or handling takes more than 5 s
 *
 * @throws UnstructuredValidationError naming the option; the message never contains a secret
 * @example
 * export const POST = createWebhookHandler({ client, secret: () => [readSecret('new'), readSecret('old')] }); // Next.js
 */
export function createWebhookHandler(options: WebhookHandlerOptions): WebhookHandler {
  const setUp = readSetUp(options);
  return async (request) => {
    try {
      return answer(200, await withinDeadline((deadline) => handleDelivery(setUp, request, deadline)));
    } catch (thrown) {
      const error = asWebhookError(thrown);
      const { status } = error.details;
      if (status >= 500) setUp.report(error);
      return answer(status, { error: error.message }, status === 405 ? { allow: 'POST' } : {});
    }
  };
}

async function handleDelivery(setUp: SetUp, request: Request, deadline: number): Promise<WebhookAnswer> {
  if (request.method !== 'POST') throw new UnstructuredWebhookError('method', 'A delivery is a POST.');
  const body = await readBody(request);
  // Headers first: a request that is not a delivery must not reach the store of the secrets.
  const signed = readHeaders(request.headers, Date.now());
  const event = readEvent(body, signed, await setUp.secrets());
  const { workflows, attribute, onUnawaited, noteAttribute, noteUnreadable } = setUp;
  noteUnreadable(isUnreadable(event) ? unreadable() : undefined);
  if (!isTerminalEvent(event)) return { result: 'ignored', waiters: 0 };
  const search = { attribute, withEnded: onUnawaited !== undefined };
  const { waiters, isKnown, attributeError } = await workflows
    .withDeadline(deadline, () => signalWaiters(workflows, event, search))
    .catch((cause: unknown) => {
      throw new UnstructuredWebhookError('temporal', 'The waiters could not be signalled.', { cause });
    });
  noteAttribute(attributeError === undefined ? undefined : attributeLacking(attributeError));
  if (!isKnown && onUnawaited) await callUnawaited(onUnawaited, event);
  return { result: waiters > 0 ? 'signalled' : 'unknown', waiters };
}

function unreadable(): UnstructuredWebhookError {
  const message =
    'Deliveries are ignored: the body of a signed delivery has no event type, or no job id, in a place that is known.';
  return new UnstructuredWebhookError('unreadable', message);
}

function attributeLacking(cause: unknown): UnstructuredWebhookError {
  const message = `Runs, and waits under ids of your own, are not signalled: the namespace lacks the search attribute of option searchAttributes, or has it with another type.`;
  return new UnstructuredWebhookError('temporal', message, { cause });
}

async function callUnawaited(onUnawaited: (event: EventOfJob) => unknown, event: EventOfJob): Promise<void> {
  try {
    await onUnawaited(event);
  } catch (cause) {
    throw new UnstructuredWebhookError('unawaited', 'The function of option onUnawaited failed.', { cause });
  }
}

/** @param work Receives the time of the deadline */
async function withinDeadline<T>(work: (deadline: number) => Promise<T>): Promise<T> {
  const late = () =>
    new UnstructuredWebhookError('deadline', `The delivery was not handled within ${DEADLINE_MS / 1_000} s.`);
  return orLate({ ms: DEADLINE_MS, late }, () => work(Date.now() + DEADLINE_MS));
}

function asWebhookError(thrown: unknown): UnstructuredWebhookError {
  if (thrown instanceof UnstructuredWebhookError) return thrown;
  return new UnstructuredWebhookError('temporal', 'The delivery could not be handled.', { cause: thrown });
}

function answer(status: number, body: WebhookAnswer | { error: string }, headers: Record<string, string> = {}) {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
