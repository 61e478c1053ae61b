import { UnstructuredError } from '../core/errors';

/** The reasons why a delivery is not accepted, and the HTTP status of each. */
const STATUSES = {
  method: 405,
  headers: 400,
  stale: 401,
  forged: 401,
  tooLarge: 413,
  brokenOff: 400,
  bodyUsed: 500,
  secret: 503,
  temporal: 503,
  unawaited: 503,
  deadline: 503,
  unreadable: 200,
} as const;

/**
 * `method`: the request is not a POST. `headers`: a header is missing or unreadable. `stale`: the delivery was sent more than 300 s ago, or
 * as far in the future. `forged`: no signature matches. `tooLarge`: the body has more than 256 KiB. `brokenOff`: the body broke off.
 * `bodyUsed`: the body was already read, for example by a body parser. `secret`: the function that returns the secrets failed.
 * `temporal`: a waiter could not be signalled, or the namespace lacks the search attribute. `unawaited`: the function `onUnawaited` failed.
 * `deadline`: handling the delivery took more than 5 s. `unreadable`: the delivery is signed, but its body has no event type or no job id
 * in a known place.
 */
export type WebhookErrorReason = keyof typeof STATUSES;

export interface WebhookErrorDetails {
  reason: WebhookErrorReason;
  /** HTTP status of the answer. The sender repeats deliveries that are answered with 500 or 503. */
  status: number;
}

/** A delivery that was not accepted, or that was ignored because it could not be read. Contains neither the body nor a secret. */
export class UnstructuredWebhookError extends UnstructuredError<'UnstructuredWebhookError', WebhookErrorDetails> {
  constructor(reason: WebhookErrorReason, message: string, { cause }: { cause?: unknown } = {}) {
    const status = STATUSES[reason];
    super(message, {
      type: 'UnstructuredWebhookError',
      retryable: status === 503,
      details: { reason, status },
      cause,
    });
  }
}

/** Message for a body that was already read. */
export const BODY_USED =
  'The body was read before the webhook handler got it, and what a parser made of it has another signature. ' +
  "Mount the handler before any body parser: app.post('/hook', toNodeListener(handler)) before app.use(express.json()), " +
  'or hand in the request as it came.';
