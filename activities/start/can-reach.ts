import type { UnstructuredClient } from '../../src/api/client';
import { UnstructuredApiError } from '../../src/core/errors';
import type { CallContext } from '../support/perform-activity';

/**
 * Whether the API answers anything at all. If so, this worker's network and name resolution work.
 * @throws the signal's reason, once it is aborted
 */
export async function canReach(client: Pick<UnstructuredClient, 'listJobs'>, context: CallContext): Promise<boolean> {
  try {
    await client.listJobs({ status: 'SCHEDULED' }, context);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    return error instanceof UnstructuredApiError && error.details.status !== undefined;
  }
}
