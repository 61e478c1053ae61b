import type { ApplicationFailure } from '@temporalio/workflow';
import {
  bareTimeoutType,
  FAILURE_TYPES,
  innerFailure,
  toApplicationFailure,
  unstructuredFailure,
} from '../../src/common/failure';
import type { CallError, FailedCall } from '../../src/core/call-error';
import { isRefusedDocument } from '../../src/core/refusal';
import {
  type ApiErrorDetails,
  ERROR_KINDS,
  isRetryable,
  UnstructuredApiError,
  UnstructuredResponseError,
} from '../../src/core/errors';

/** Reads an activity's failure. Ask `isCancellation` first: a cancellation is not a failed call. */
export function failedCall(error: unknown): FailedCall {
  const timeoutType = bareTimeoutType(error);
  return timeoutType === undefined ? { type: 'error', error: toCallError(error) } : { type: 'noAnswer', timeoutType };
}

/**
 * Converts the failure. One that is not from this package, such as that of an unknown activity, may pass. It is counted, but does not end anything on
 * its own.
 */
function toCallError(error: unknown): CallError {
  const failure = unstructuredFailure(error);
  if (!failure) {
    const { name, message, type } = innerFailure(error) as Error & { type?: string };
    return { type: type ?? name, message, api: null, retryable: true };
  }
  const { type, message, details } = failure;
  // A mock, or another worker's activity, may return any details under any type, and lists with any entries.
  const api = details as ApiErrorDetails;
  if (Object.hasOwn(ERROR_KINDS, api.kind))
    return { type: ERROR_KINDS[api.kind].type, message, api, retryable: isRetryable(api) };
  const told = { message, api: null, retryable: FAILURE_TYPES[type].retryable };
  if (type !== 'UnstructuredDocumentRefusedError') return { type, ...told, details };
  const refused = Array.isArray(details.refused) ? details.refused.filter(isRefusedDocument) : [];
  return { type, ...told, refusal: { ...details, refused } };
}

/**
 * Failure for an answer of an unexpected shape, in the form that {@link failedCall} reads: another worker of the task queue may have a different
 * activity with the same name, and tests use mocks. Such an answer must not fail the workflow task forever.
 */
export function foreignAnswer(activity: string): ApplicationFailure {
  const message = `The activity ${activity} answered something else: it is not the one of UnstructuredPlugin`;
  return toApplicationFailure(new UnstructuredResponseError(message, { kind: 'response' }));
}

/** @throws ApplicationFailure `UnstructuredValidationError` if the check refuses */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof UnstructuredApiError ? toApplicationFailure(error) : error;
  }
}
