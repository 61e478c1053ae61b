import { log } from '@temporalio/activity';
import type { UnstructuredClient } from '../../src/api/client';
import type { CallContext } from '../support/perform-activity';

/** More than that are not remembered: then no run is told for certain. */
const MAX_JOBS = 100;

/**
 * Ids of a workflow's jobs created since, right before another is sent: what is there already is not its job. null where they could not be
 * had or are too many: the start goes out all the same, and is not told from the list should its answer be lost.
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
    const jobs = await client.listJobs({ workflowId }, context);
    const ids = jobs.filter(({ createdAt }) => createdAt === null || Date.parse(createdAt) >= Date.parse(since));
    return ids.length > MAX_JOBS ? null : ids.map(({ id }) => id);
  } catch (error) {
    context.signal.throwIfAborted();
    log.warn('The jobs before a start could not be listed', { workflowId, error: String(error) });
    return null;
  }
}
