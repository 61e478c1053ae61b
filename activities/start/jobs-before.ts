import { log } from '@temporalio/activity';
import type { UnstructuredClient } from '../../src/api/client';
import type { CallContext } from '../support/perform-activity';

/** Maximum number of jobs that are remembered. If there are more, no run is recognized with certainty. */
const MAX_JOBS = 100;

/**
 * Ids of a workflow's jobs created since the given time, right before another start is sent. A job that exists already is not the job of that start.
 * null if they could not all be listed, or are too many. The start is then sent all the same, but if its answer is lost, its job cannot be recognized
 * in the list.
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
