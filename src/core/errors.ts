import { ERROR_KINDS, type ApiErrorDetails, type ApiErrorType } from './error-kind';

/** Base of all errors that this package throws outside Temporal. */
export abstract class UnstructuredError extends Error {
  /** Public, stable name of the failure; equals the `type` of the ApplicationFailure that it becomes in an activity. */
  readonly type: ApiErrorType;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  readonly details: ApiErrorDetails;

  constructor(message: string, details: ApiErrorDetails, options?: { cause?: unknown }) {
    super(message, options);
    this.details = details;
    const { type, retryable } = ERROR_KINDS[details.kind];
    this.type = type;
    this.name = type;
    this.retryable = retryable;
  }
}

/** 401: the key is missing, unknown or expired. */
export class UnstructuredAuthenticationError extends UnstructuredError {}
/** 402: the account has to pay first. */
export class UnstructuredPaymentRequiredError extends UnstructuredError {}
/** 403: the key may not do this. */
export class UnstructuredPermissionError extends UnstructuredError {}
/** 404: no such job, or no such path. */
export class UnstructuredNotFoundError extends UnstructuredError {}
/** 422, or input that is refused before anything is sent. */
export class UnstructuredValidationError extends UnstructuredError {}
/** Any other 4xx. */
export class UnstructuredRequestError extends UnstructuredError {}
/** 429: too many requests. */
export class UnstructuredRateLimitError extends UnstructuredError {}
/** 5xx and 408. */
export class UnstructuredServerError extends UnstructuredError {}
/** DNS, TCP, TLS, reset: no answer came. */
export class UnstructuredConnectionError extends UnstructuredError {}
/** No complete answer in time. */
export class UnstructuredTimeoutError extends UnstructuredError {}
/** An answer that is not what the API promises. */
export class UnstructuredResponseError extends UnstructuredError {}

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

/** The error of `details.kind`'s class. */
export function createUnstructuredError(
  message: string,
  details: ApiErrorDetails,
  options?: { cause?: unknown },
): UnstructuredError {
  return new CLASSES[details.kind](message, details, options);
}

/** Input that is refused before anything is sent. `message` names the option and the value. */
export function invalidInput(
  message: string,
  details: Omit<ApiErrorDetails, 'kind'> = {},
): UnstructuredValidationError {
  return new UnstructuredValidationError(message, { kind: 'validation', ...details });
}
