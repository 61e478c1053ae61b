/**
 * Base class of the errors that this package throws outside Temporal. If workflow code finds state that a newer version wrote, it throws a plain
 * `Error` instead. That fails the workflow task, which is repeated until a worker knows the state.
 */
export abstract class UnstructuredError<Type extends string = string, Details extends object = object> extends Error {
  /** Public, stable name of the error. If the error fails an activity, this is the `type` of the ApplicationFailure. */
  readonly type: Type;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Details of the error. Plain data without secrets. */
  readonly details: Details;

  constructor(
    message: string,
    { type, retryable, details, cause }: { type: Type; retryable: boolean; details: Details; cause?: unknown },
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = type;
    this.type = type;
    this.retryable = retryable;
    this.details = details;
  }
}

/** Base class of the errors of API calls. */
export abstract class UnstructuredApiError extends UnstructuredError<ApiErrorType, ApiErrorDetails> {
  constructor(message: string, details: ApiErrorDetails, { cause }: { cause?: unknown } = {}) {
    super(message, { type: ERROR_KINDS[details.kind].type, retryable: isRetryable(details), details, cause });
  }
}

/** 401: the key is missing, unknown or expired. */
export class UnstructuredAuthenticationError extends UnstructuredApiError {}

/** 402: payment is required. */
export class UnstructuredPaymentRequiredError extends UnstructuredApiError {}

/** 403: the key lacks the permission. */
export class UnstructuredPermissionError extends UnstructuredApiError {}

/** 404: the job or the path does not exist. */
export class UnstructuredNotFoundError extends UnstructuredApiError {}

/** 422, or input that is refused before anything is sent. */
export class UnstructuredValidationError extends UnstructuredApiError {}

/** Any other 4xx. After 409 and 425 the same call may succeed later. */
export class UnstructuredRequestError extends UnstructuredApiError {}

/** 429: too many requests. */
export class UnstructuredRateLimitError extends UnstructuredApiError {}

/** 5xx and 408. */
export class UnstructuredServerError extends UnstructuredApiError {}

/** No answer came: DNS, TCP or TLS failed, or the connection was reset. */
export class UnstructuredConnectionError extends UnstructuredApiError {}

/** No complete answer arrived in time. */
export class UnstructuredTimeoutError extends UnstructuredApiError {}

/** The answer does not match the API's documentation. */
export class UnstructuredResponseError extends UnstructuredApiError {}

const CLASSES = {
  authentication: UnstructuredAuthenticationError,
  paymentRequired: UnstructuredPaymentRequiredError,
  permission: UnstructuredPermissionError,
  notFound: UnstructuredNotFoundError,
  validation: UnstructuredValidationError,
  request: UnstructuredRequestError,
  rateLimit: UnstructuredRateLimitError,
  server: UnstructuredServerError,
  connection: UnstructuredConnectionError,
  timeout: UnstructuredTimeoutError,
  response: UnstructuredResponseError,
} as const;

/** Creates an error of the class that belongs to `details.kind`. */
export function createUnstructuredError(
  message: string,
  details: ApiErrorDetails,
  options?: { cause?: unknown },
): UnstructuredApiError {
  return new CLASSES[details.kind](message, details, options);
}

/** Error of input that is refused before anything is sent. `message` names the option and the value. */
export function invalidInput(
  message: string,
  details: Omit<ApiErrorDetails, 'kind'> = {},
): UnstructuredValidationError {
  return new UnstructuredValidationError(message, { kind: 'validation', ...details });
}

/**
 * The kinds of errors that an API call can end with. This is the only table that says, for each kind, its public name, whether Temporal retries it,
 * and which HTTP statuses it stands for.
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

const KEY_KINDS: readonly ErrorKind[] = ['authentication', 'paymentRequired', 'permission'];

/** Whether the API refuses the account's key. */
export function isKeyRefused({ kind }: Pick<ApiErrorDetails, 'kind'>): boolean {
  return KEY_KINDS.includes(kind);
}

/** Statuses that mean "not now" although the request is correct: 409, a conflict with work in progress, and 425, too early. */
const PASSING_STATUSES: readonly (number | undefined)[] = [409, 425];

/** Whether an error is one of the 4xx after which the same call may succeed later. */
export function isPassing({ kind, status }: Pick<ApiErrorDetails, 'kind' | 'status'>): boolean {
  return kind === 'request' && PASSING_STATUSES.includes(status);
}

/** Whether an answer means "not now": nothing was done, the request is correct, and it may be sent again. */
export function isNotNow(details: Pick<ApiErrorDetails, 'kind' | 'status'>): boolean {
  return details.kind === 'rateLimit' || isPassing(details);
}

/** Whether an error means that the API, or the worker before sending, refused the call, which therefore had no effect. */
export function isDenied({ kind, notAccepted }: Pick<ApiErrorDetails, 'kind' | 'notAccepted'>): boolean {
  return !!notAccepted || !ERROR_KINDS[kind].retryable;
}

/** Whether the same call may succeed later. */
export function isRetryable(details: Pick<ApiErrorDetails, 'kind' | 'status'>): boolean {
  return ERROR_KINDS[details.kind].retryable || isPassing(details);
}

/**
 * The error kind of an HTTP status that is not a success. Any other 4xx is `request`, any other 5xx is `server`. Any other status is `response`: the
 * API does not promise it.
 */
export function errorKindOfStatus(status: number): ErrorKind {
  for (const [kind, { statuses }] of Object.entries(ERROR_KINDS)) {
    if ((statuses as readonly number[]).includes(status)) return kind as ErrorKind;
  }
  if (status >= 500 && status <= 599) return 'server';
  if (status >= 400 && status <= 499) return 'request';
  return 'response';
}

/** One error that the API found in a request (status 422). */
export interface ValidationItem {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** Details of a failed call. Plain data; never contains a key, a header or a body. */
export interface ApiErrorDetails {
  kind: ErrorKind;
  /** HTTP status, if there was an answer. */
  status?: number | undefined;
  /** The service's request id, if the answer has one. */
  requestId?: string | undefined;
  method?: string | undefined;
  /** Path, without origin and query string. */
  path?: string | undefined;
  jobId?: string | undefined;
  /** The service's `detail` text: redacted, at most 300 characters. */
  detail?: string | undefined;
  /** System or client error code, such as `ECONNREFUSED`. */
  code?: string | undefined;
  /** Pause that the service asked for, in milliseconds, as sent: not yet bounded. */
  retryAfterMs?: number | undefined;
  validation?: ValidationItem[] | undefined;
  /** Set if the request was certainly never sent: DNS, a refused connection, TLS. If absent, the request may have been received. */
  notSent?: true | undefined;
  /**
   * Set if a start was certainly not sent completely: a document could not be read to its end, or the network broke off earlier. No job was started.
   */
  incomplete?: true | undefined;
  /**
   * Set if the answer to a POST means that the request certainly had no effect. That is a redirect (301, 307, 308), which is not followed, or
   * an unsupported method or version (501, 505). 4xx statuses other than 408 mean the same without this field.
   */
  notAccepted?: true | undefined;
  /**
   * Set if the worker's set-up keeps it from reaching the API. Either no TLS connection can be trusted, or its proxy refuses the connection, or
   * a GET is redirected elsewhere or answered 501 or 505. A wait or a start that the API has not answered yet fails at once. Later, the same error may pass,
   * for example once a certificate is replaced.
   */
  wrongSetup?: true | undefined;
}
