import { inspect } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { copyFailure, toApplicationFailure } from '../../src/common/failure';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { UnstructuredApiError } from '../../src/core/errors';
import { transferFailure } from '../../src/core/run/failure';
import { showsSecret, withoutSecrets } from '../../src/core/secrets';
import { bareMessage, isStorageError, UnstructuredStorageError } from '../../src/core/storage-error';

/** How deep logs print what an error holds, at most. */
const DEPTH = 5;

/**
 * A source or sink may name a place in an error: it is told without the secrets that its reference may hold. An error of the API names none.
 * What shows no secret stays what it is.
 */
export function redactError(error: unknown, ref: string): unknown {
  const isSecret = (value: unknown) => showsSecret(inspect(value, { depth: DEPTH }), ref);
  if (error instanceof UnstructuredApiError || !isSecret(error)) return error;
  if (isStorageError(error))
    return new UnstructuredStorageError(withoutSecrets(bareMessage(error), ref), error.details);
  const text = withoutSecrets(errorMessage(error), ref);
  if (error instanceof ApplicationFailure)
    return copyFailure(error, {
      message: text,
      cause: undefined,
      ...(isSecret(error.details) && { details: undefined }),
    });
  return Object.assign(new Error(text), { name: errorShape(error).name });
}

/** Statuses that say "not now", whoever gave them. */
const NOT_NOW: readonly number[] = [307, 408, 409, 425, 429];

/** A refusal that no storage gave, such as a proxy's: it may be gone within minutes, and hardly later. */
export function isForeignRefusal(error: unknown): boolean {
  if (!isStorageError(error) || error.details.kind !== 'passing') return false;
  const { status = NaN, code } = error.details;
  return code === undefined && status >= 300 && status < 500 && !NOT_NOW.includes(status);
}

/**
 * What a storage says against a place becomes a typed failure; any other error stays what it is.
 * @param jobId null where it is about no job
 * @param isOver Whether the time is over in which it might have passed
 */
export function storageFailure(error: unknown, jobId: string | null, isOver = false): unknown {
  if (!isStorageError(error)) return error;
  const failure = transferFailure(jobId, { saved: [], lost: [] });
  return toApplicationFailure({ ...failure, message: error.message }, { nonRetryable: isOver || !error.retryable });
}
