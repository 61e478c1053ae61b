import type { Client, WorkflowClient } from '@temporalio/client';
import { orLate } from '../common/or-aborted';
import { anyThat, OPTIONS, readOption, refuseUnknown } from '../core/option-rules';
import { isObject, kindOf } from '../core/values';
import { type AttributeNames, ATTRIBUTES } from '../core/attributes';
import { type EventOfJob, isTerminalEvent, isUnreadable, readEvent } from './job-event';
import { readBody } from './read-body';
import { askSecrets, type WebhookSecret } from './secrets';
import { signalWaiters } from './signal-waiters';
import { readHeaders } from './signature';
import { UnstructuredWebhookError } from './webhook-error';

export interface WebhookHandlerOptions {
  /** Client of the namespace in which the waiters run. */
  client: Client | WorkflowClient;
  /**
   * Secret of the channel, or a list of secrets; or a function that returns them. The function is called for each delivery, so that a
   * changed secret is picked up. It is not called for requests without the headers of a recent delivery.
   */
  secret: WebhookSecret;
  /**
   * Whether to signal runs as well, and waits under workflow ids that you chose. They are found by the search attribute of the job id, so they need
   * the same option. An object gives other names of attributes. If the namespace lacks them, only waits under the usual ids are signalled.
   * @default false
   */
  searchAttributes?: boolean | Partial<AttributeNames> | undefined;
  /**
   * Called for each job that has ended and for which Temporal's list of workflows has no wait, past or present. Deliveries may come twice, out of
   * order and late, so the function must be idempotent: for example, start a workflow whose id is made from the job id. If it fails, the delivery is
   * answered with 503 and repeated. It is also called for jobs whose wait the list does not show: that of an inline wait; that of a run, or of a wait
   * under an id that you chose, without `searchAttributes`; and that of a wait for the next job of a workflow that has not found its job yet.
   */
  onUnawaited?: ((event: EventOfJob) => unknown) | undefined;
  /**
   * Called for each delivery that fails on the receiver's side, that is, with 500 or 503; once if the namespace lacks the search
   * attribute; and once if the body of a signed delivery has an unknown shape, so that it is ignored.
   * @default console.error
   */
  onError?: ((error: UnstructuredWebhookError) => void) | undefined;
}

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
 * It answers 200 even if no wait is found, because a sender repeats the delivery after any other answer, and finally disables the channel. Other
 * answers: 401 for a forged or stale delivery, 400 for a request that is not a delivery, 413 for more than 256 KiB, 405 for a method other than POST,
 * 500 if a body parser has already read the body, and 503 if Temporal or a function of the options fails, or handling takes more than 5 s. After 500
 * and 503, the sender repeats the delivery.
 *
 * @throws UnstructuredValidationError naming the option; the message never contains a secret
 * @example
 * export const POST = createWebhookHandler({ client, secret: () => [readSecret('new'), readSecret('old')] }); // Next.js
 */
export function createWebhookHandler(options: WebhookHandlerOptions): WebhookHandler {
  const { client, secret, searchAttributes, onUnawaited, onError, ...rest } = readOption('options', OPTIONS, options, {
    show: kindOf,
  }) as WebhookHandlerOptions;
  refuseUnknown('', rest, ['client', 'secret', 'searchAttributes', 'onUnawaited', 'onError']);
  const { workflows } = readOption('client', CLIENT, client, { show: kindOf });
  const report = optionalFunction('onError', onError) ?? ((error) => console.error(error));
  const setUp: SetUp = {
    workflows,
    secrets: askSecrets(secret),
    attribute: readOption('searchAttributes', ATTRIBUTES, searchAttributes ?? false)?.jobId ?? null,
    onUnawaited: optionalFunction('onUnawaited', onUnawaited),
    noteAttribute: reportOnce(report),
    noteUnreadable: reportOnce(report),
  };
  return async (request) => {
    try {
      return answer(200, await withinDeadline((deadline) => handleDelivery(setUp, request, deadline)));
    } catch (thrown) {
      const error = asWebhookError(thrown);
      const { status } = error.details;
      if (status >= 500) tell(report, error);
      return answer(status, { error: error.message }, status === 405 ? { allow: 'POST' } : {});
    }
  };
}

interface SetUp {
  workflows: WorkflowClient;
  secrets: () => Promise<readonly string[]>;
  /** Search attribute of the job id; null if only waits under the usual ids are signalled. */
  attribute: string | null;
  onUnawaited: WebhookHandlerOptions['onUnawaited'];
  /** Notes that the search by attribute failed, or that it succeeded or was not needed. */
  noteAttribute: NoteError;
  /** Notes that an event could not be read, or that one could. */
  noteUnreadable: NoteError;
}

/** Reports an error, but only once until it is called without one. */
type NoteError = (error: UnstructuredWebhookError | undefined) => void;

function reportOnce(report: (error: UnstructuredWebhookError) => void): NoteError {
  let isReported = false;
  return (error) => {
    if (error && !isReported) tell(report, error);
    isReported = error !== undefined;
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

/** If `report` throws, the answer stays the same. */
function tell(report: (error: UnstructuredWebhookError) => void, error: UnstructuredWebhookError): void {
  try {
    report(error);
  } catch {
    // The error cannot be reported anywhere else.
  }
}

function answer(status: number, body: WebhookAnswer | { error: string }, headers: Record<string, string> = {}) {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** Checked by its shape, so that a client of another copy of the SDK is accepted, too. */
const CLIENT = {
  expected: 'a Temporal Client, or its client of workflows',
  read(client: unknown): { workflows: WorkflowClient } | undefined {
    if (!isObject(client)) return undefined;
    const workflows: unknown = 'workflow' in client ? client.workflow : client;
    return isWorkflowClient(workflows) ? { workflows } : undefined;
  },
};

function isWorkflowClient(value: unknown): value is WorkflowClient {
  const methods: readonly (keyof WorkflowClient)[] = ['getHandle', 'list', 'withDeadline'];
  return isObject(value) && methods.every((name) => typeof (value as Partial<WorkflowClient>)[name] === 'function');
}

const FUNCTION = anyThat('a function', (value): value is () => unknown => typeof value === 'function');

function optionalFunction<F extends (...args: never[]) => unknown>(name: string, value: F | undefined): F | undefined {
  if (value === undefined) return undefined;
  readOption(name, FUNCTION, value, { show: kindOf });
  return value;
}
