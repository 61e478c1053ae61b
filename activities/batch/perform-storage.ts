import { heartbeat } from '@temporalio/activity';
import { toApplicationFailure } from '../../src/common/failure';
import { isDocumentRefused } from '../../src/core/document';
import { performActivity } from '../support/perform-activity';
import { storageFailure, redactError } from '../support/storage-failure';
import type { CredentialBudget } from './credential-budget';

interface StorageWork {
  /** The references that the storage may name in an error. */
  refs: readonly (string | undefined)[];
  budget: CredentialBudget;
  /** Heartbeat details other than the refused calls. */
  memory?: () => object | undefined;
}

/**
 * Performs an activity whose calls only go to a storage. If the storage refuses a call for good, or the budget of a refusal is used up, the activity
 * fails. It is retried after any other error.
 */
export function performStorage<T>(
  { refs, budget, memory }: StorageWork,
  operation: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const heartbeatDetails = () => ({ ...memory?.(), refused: budget.soFar });
  const perform = async ({ signal }: { signal: AbortSignal }): Promise<T> => {
    try {
      return await operation(signal);
    } catch (error) {
      signal.throwIfAborted();
      heartbeat(heartbeatDetails());
      throw toFailure(error, refs, budget.isOver(error));
    }
  };
  return performActivity(perform, { heartbeatDetails });
}

function toFailure(error: unknown, refs: readonly (string | undefined)[], isOver: boolean): unknown {
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
    refs.reduce<unknown>((told, ref) => (ref === undefined ? told : redactError(told, ref)), error),
    null,
    isOver,
  );
}
