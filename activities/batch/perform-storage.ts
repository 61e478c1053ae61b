import { toApplicationFailure } from '../../src/common/failure';
import { isDocumentRefused } from '../../src/core/document';
import { isStorageError } from '../../src/core/storage-error';
import { performActivity } from '../support/perform-activity';

/**
 * Does what every activity does around its calls, where those are of a storage alone. What the storage refuses for good fails the activity;
 * whatever else goes wrong is tried again.
 */
export function performStorage<T>(
  operation: (signal: AbortSignal) => Promise<T>,
  heartbeatDetails?: () => unknown,
): Promise<T> {
  const perform = async ({ signal }: { signal: AbortSignal }): Promise<T> => {
    try {
      return await operation(signal);
    } catch (error) {
      signal.throwIfAborted();
      throw storageFailure(error);
    }
  };
  return performActivity(perform, heartbeatDetails && { heartbeatDetails });
}

function storageFailure(error: unknown): unknown {
  const { message } = error as Error;
  if (isDocumentRefused(error)) {
    const details = { ...error.details, refused: [], refusedTotal: 1 };
    return toApplicationFailure({ type: 'UnstructuredDocumentRefusedError', message, details });
  }
  if (!isStorageError(error)) return error;
  const details = { jobId: null, lost: [], lostTotal: 0, saved: [], savedTotal: 0 };
  return toApplicationFailure(
    { type: 'UnstructuredTransferError', message, details },
    { nonRetryable: !error.retryable },
  );
}
