import { log } from '@temporalio/activity';
import type { UnstructuredClient } from '../../src/api/client';
import type { CallContext } from '../support/perform-activity';

/** More than that are not remembered: then no run is recognized for certain. */
const MAX_JOBS = 100;

/**
 * Ids of a workflow's jobs created since, right before another is sent: what is there already is not its job. null where they could not all be
 * listed, or are too many: the start goes out all the same, and cannot be recognized in the list should its answer be lost.
 *
 * @throws the signal's reason, once it is aborted
 */
export async function jobsBefore(
  client: Pick<UnstructuredClient, 'listJobs'>,
  workflowId: string,
  since: string,
  context: CallContext,
): Promise<string[] | null> {
  try {
    const { jobs, unreadable } = await client.listJobs({ workflowId, createdAfter: since }, context);
    return unreadable.length > 0 || jobs.length > MAX_JOBS ? null : jobs.map(({ id }) => id);
  } catch (error) {
    context.signal.throwIfAborted();
    log.warn('The jobs before a start could not be listed', { workflowId, error: String(error) });
    return null;
  }
}
