/**
 * The kinds of errors that a call of the API can end with, and the one table that says for each: its public name, whether Temporal
 * retries it, and which HTTP statuses it stands for.
 */
export const ERROR_KINDS = {
  authentication: { type: 'UnstructuredAuthenticationError', retryable: false, statuses: [401] },
  paymentRequired: { type: 'UnstructuredPaymentRequiredError', retryable: false, statuses: [402] },
  permission: { type: 'UnstructuredPermissionError', retryable: false, statuses: [403] },
  notFound: { type: 'UnstructuredNotFoundError', retryable: false, statuses: [404] },
  validation: { type: 'UnstructuredValidationError', retryable: false, statuses: [422] },
  request: { type: 'UnstructuredRequestError', retryable: false, statuses: [] },
  rateLimit: { type: 'UnstructuredRateLimitError', retryable: true, statuses: [429] },
  server: { type: 'UnstructuredServerError', retryable: true, statuses: [408] },
  connection: { type: 'UnstructuredConnectionError', retryable: true, statuses: [] },
  timeout: { type: 'UnstructuredTimeoutError', retryable: true, statuses: [] },
  response: { type: 'UnstructuredResponseError', retryable: true, statuses: [] },
} as const satisfies Record<
  string,
  { type: `Unstructured${string}Error`; retryable: boolean; statuses: readonly number[] }
>;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** Failure type of each error kind: a public, stable name. */
export type ApiErrorType = (typeof ERROR_KINDS)[ErrorKind]['type'];

/** The kind of an answer that is no success. Any other 4xx is `request`, any 5xx is `server`, anything else was not promised by the API. */
export function errorKindOfStatus(status: number): ErrorKind {
  for (const [kind, { statuses }] of Object.entries(ERROR_KINDS)) {
    if ((statuses as readonly number[]).includes(status)) return kind as ErrorKind;
  }
  if (status >= 500 && status <= 599) return 'server';
  if (status >= 400 && status <= 499) return 'request';
  return 'response';
}

/** One problem that the API found in a request (status 422). */
export interface ValidationItem {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** What is known of a failed call. Plain data; never holds a key, a header or a body. */
export interface ApiErrorDetails {
  kind: ErrorKind;
  /** HTTP status, where there was an answer. */
  status?: number;
  /** The service's id of the request, where the answer has one. */
  requestId?: string;
  method?: string;
  /** Path without origin and query string. */
  path?: string;
  jobId?: string;
  /** The service's `detail` text: redacted, at most 300 characters. */
  detail?: string;
  /** System or client error code, such as `ECONNREFUSED`. */
  code?: string;
  /** How long the service asked to wait, in milliseconds. As sent, not yet bounded. */
  retryAfterMs?: number;
  validation?: ValidationItem[];
  /** Set where the request certainly never went out: DNS, a refused connection, TLS. Absent, it may have been received. */
  notSent?: true;
}
