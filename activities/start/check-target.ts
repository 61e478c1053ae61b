import { log } from '@temporalio/activity';
import { isNonRetryable, typedError } from '../../src/core/document';
import { errorMessage } from '../../src/core/error-shape';
import { invalidInput } from '../../src/core/errors';
import { withoutSecrets } from '../../src/core/secrets';
import { isStorageError } from '../../src/core/storage-error';
import type { Storage } from '../../src/storage/storage';
import { withStallTimeout } from '../support/stall-timeout';

/**
 * Refuses a target that this worker's configuration does not allow, before a job is paid for. Anything that cannot be decided now is reported when
 * the outputs are saved.
 * @throws UnstructuredValidationError
 */
export async function checkTarget(
  storage: Pick<Storage, 'checkTarget'>,
  to: string,
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
): Promise<void> {
  try {
    await withStallTimeout({ ms: limitMs, what: 'The target was not checked', signal }, () => storage.checkTarget(to));
  } catch (thrown) {
    signal.throwIfAborted();
    const error = typedError(thrown);
    const message = withoutSecrets(errorMessage(error), to);
    if (isStorageError(error) ? !error.retryable : isNonRetryable(error))
      throw invalidInput(`Option outputs.to is refused: ${message}`);
    log.warn('A target of outputs could not be checked', { error: message });
  }
}
