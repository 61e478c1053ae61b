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
  createUnstructuredError,
  ERROR_KINDS,
  isRetryable,
  UnstructuredApiError,
} from '../../src/core/errors';

/** What an activity's failure says. Ask `isCancellation` first: a cancellation is not a failed call. */
export function failedCall(error: unknown): FailedCall {
  const timeoutType = bareTimeoutType(error);
  return timeoutType === undefined ? { type: 'error', error: toCallError(error) } : { type: 'noAnswer', timeoutType };
}

/** A failure that is not ours, such as an activity that a worker does not know, may pass: it counts, but ends nothing by itself. */
function toCallError(error: unknown): CallError {
  const failure = unstructuredFailure(error);
  if (!failure) {
    const { name, message, type } = innerFailure(error) as Error & { type?: string };
    return { type: type ?? name, message, api: null, retryable: true };
  }
  const { type, message, details } = failure;
  // A mock, or another worker's activity, may give any details under any type, and list anything.
  const api = details as ApiErrorDetails;
  if (Object.hasOwn(ERROR_KINDS, api.kind))
    return { type: ERROR_KINDS[api.kind].type, message, api, retryable: isRetryable(api) };
  const told = { message, api: null, retryable: FAILURE_TYPES[type].retryable };
  if (type !== 'UnstructuredDocumentRefusedError') return { type, ...told, details };
  const refused = Array.isArray(details.refused) ? details.refused.filter(isRefusedDocument) : [];
  return { type, ...told, refusal: { ...details, refused } };
}

/**
 * What an answer of another shape is taken for, as {@link failedCall} reads it: the queue's worker may have another activity of that name, and
 * tests have mocks. What they answer must not fail the workflow's task for ever.
 */
export function foreignAnswer(activity: string): ApplicationFailure {
  const message = `The activity ${activity} answered something else: it is not the one of UnstructuredPlugin`;
  return toApplicationFailure(createUnstructuredError(message, { kind: 'response' }));
}

/** @throws ApplicationFailure `UnstructuredValidationError`, where the check refuses */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof UnstructuredApiError ? toApplicationFailure(error) : error;
  }
}
