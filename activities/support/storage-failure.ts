import { inspect } from 'node:util';
import type { ApplicationFailure } from '@temporalio/common';
import { copyFailure, toApplicationFailure } from '../../src/common/failure';
import { isNonRetryable, typedError } from '../../src/core/document';
import { errorMessage, errorShape, readField } from '../../src/core/error-shape';
import { UnstructuredApiError } from '../../src/core/errors';
import { transferFailure } from '../../src/core/run/failure';
import { showsSecret, withoutSecrets } from '../../src/core/secrets';
import { bareMessage, isStorageError, UnstructuredStorageError } from '../../src/core/storage-error';

/** Maximum depth to which logs print the content of an error. */
const DEPTH = 5;

/**
 * A source or sink may name a reference in an error. The secrets that the reference may hold are removed from the error. An error of the API names no
 * reference. An error without secrets is returned unchanged.
 */
export function redactError(thrown: unknown, ref: string): unknown {
  const error = typedError(thrown);
  const isSecret = (value: unknown) => showsSecret(inspect(value, { depth: DEPTH }), ref);
  if (error instanceof UnstructuredApiError || !isSecret(error)) return error;
  if (isStorageError(error))
    return new UnstructuredStorageError(withoutSecrets(bareMessage(error), ref), error.details);
  const text = withoutSecrets(errorMessage(error), ref);
  if (errorShape(error).name === 'ApplicationFailure')
    return copyFailure(error as ApplicationFailure, {
      message: text,
      cause: undefined,
      ...(isSecret(readField(error, 'details')) && { details: undefined }),
    });
  return Object.assign(new Error(text), { name: errorShape(error).name });
}

/** Statuses that mean "not now", whoever sent them. */
const NOT_NOW: readonly number[] = [307, 408, 409, 425, 429];

/** A refusal that does not come from the storage, for example a proxy's. It may pass within minutes, but hardly later. */
export function isForeignRefusal(error: unknown): boolean {
  if (!isStorageError(error) || error.details.kind !== 'passing') return false;
  const { status = NaN, code } = error.details;
  return code === undefined && status >= 300 && status < 500 && !NOT_NOW.includes(status);
}

/**
 * Turns a storage error about a place into a typed failure, and copies a failure that is final, because it may be of another copy of the SDK. Any
 * other error is returned unchanged.
 * @param jobId null if it concerns no job
 * @param isOver Whether the time in which the error might have passed is over
 */
export function storageFailure(error: unknown, jobId: string | null, isOver = false): unknown {
  if (isNonRetryable(error)) return copyFailure(error as ApplicationFailure, {});
  if (!isStorageError(error)) return error;
  const failure = transferFailure(jobId, { saved: [], lost: [] });
  return toApplicationFailure({ ...failure, message: error.message }, { nonRetryable: isOver || !error.retryable });
}
