import type { Client, WorkflowClient } from '@temporalio/client';
import { type AttributeNames, ATTRIBUTES } from '../core/attributes';
import { anyThat, OPTIONS, readOption, refuseUnknown } from '../core/option-rules';
import { isObject, kindOf } from '../core/values';
import type { EventOfJob } from './job-event';
import { askSecrets, type WebhookSecret } from './secrets';
import type { UnstructuredWebhookError } from './webhook-error';

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
   * answered with 503 and repeated. It is also called for jobs whose wait the list does not show:
   * - an inline wait
   * - without `searchAttributes`, a run, or a wait under an id that you chose
   * - a wait for the next job of a workflow that has not found its job yet
   */
  onUnawaited?: ((event: EventOfJob) => unknown) | undefined;
  /**
   * Called for each delivery that fails on the receiver's side, that is, with 500 or 503. Called once if the namespace lacks the search
   * attribute, and once if the body of a signed delivery has an unknown shape, so that it is ignored.
   * @default console.error
   */
  onError?: ((error: UnstructuredWebhookError) => void) | undefined;
}

/** The options of a handler, checked. */
export interface SetUp {
  workflows: WorkflowClient;
  secrets: () => Promise<readonly string[]>;
  /** Search attribute of the job id; null if only waits under the usual ids are signalled. */
  attribute: string | null;
  onUnawaited: WebhookHandlerOptions['onUnawaited'];
  report: Report;
  /** Notes that the search by attribute failed, or that it succeeded or was not needed. */
  noteAttribute: NoteError;
  /** Notes that an event could not be read, or that one could. */
  noteUnreadable: NoteError;
}

/** Reports an error. Never throws. */
type Report = (error: UnstructuredWebhookError) => void;

/** Reports an error, but only once until it is called without one. */
type NoteError = (error: UnstructuredWebhookError | undefined) => void;

function reportOnce(report: Report): NoteError {
  let isReported = false;
  return (error) => {
    if (error && !isReported) report(error);
    isReported = error !== undefined;
  };
}

/** @throws UnstructuredValidationError naming the option; the message never contains a secret */
export function readSetUp(options: WebhookHandlerOptions): SetUp {
  const { client, secret, searchAttributes, onUnawaited, onError, ...rest } = readOption('options', OPTIONS, options, {
    show: kindOf,
  }) as WebhookHandlerOptions;
  refuseUnknown('', rest, ['client', 'secret', 'searchAttributes', 'onUnawaited', 'onError']);
  const { workflows } = readOption('client', CLIENT, client, { show: kindOf });
  const onReport = optionalFunction('onError', onError) ?? ((error) => console.error(error));
  // An error of `onError` itself, thrown or rejected, cannot be reported anywhere else.
  const report: Report = (error) =>
    void Promise.resolve(error)
      .then(onReport)
      .catch(() => undefined);
  return {
    workflows,
    secrets: askSecrets(secret),
    attribute: readOption('searchAttributes', ATTRIBUTES, searchAttributes ?? false)?.jobId ?? null,
    onUnawaited: optionalFunction('onUnawaited', onUnawaited),
    report,
    noteAttribute: reportOnce(report),
    noteUnreadable: reportOnce(report),
  };
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
