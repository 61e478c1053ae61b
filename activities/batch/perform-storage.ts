import { toApplicationFailure } from '../../src/common/failure';
import { isDocumentRefused } from '../../src/core/document';
import { performActivity } from '../support/perform-activity';
import { storageFailure, withoutSecretsOf } from '../support/storage-failure';

/**
 * Does what every activity does around its calls, where those are of a storage alone. What the storage refuses for good fails the activity;
 * whatever else goes wrong is tried again.
 * @param refs The places that the storage may name in an error
 */
export function performStorage<T>(
  refs: readonly (string | undefined)[],
  operation: (signal: AbortSignal) => Promise<T>,
  heartbeatDetails?: () => unknown,
): Promise<T> {
  const perform = async ({ signal }: { signal: AbortSignal }): Promise<T> => {
    try {
      return await operation(signal);
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, refs);
    }
  };
  return performActivity(perform, heartbeatDetails && { heartbeatDetails });
}

function failureOf(error: unknown, refs: readonly (string | undefined)[]): unknown {
  if (isDocumentRefused(error)) {
    const { details, message } = error;
    const refused = [{ ...details, index: 0, message }];
    return toApplicationFailure({
      type: 'UnstructuredDocumentRefusedError',
      message,
      details: { ...details, refused, refusedTotal: 1 },
    });
  }
  return storageFailure(
    refs.reduce<unknown>((told, ref) => (ref === undefined ? told : withoutSecretsOf(told, ref)), error),
    null,
  );
}
