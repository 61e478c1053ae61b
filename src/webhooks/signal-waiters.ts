import { type WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import { checkNow } from '../common/messages';
import { isJobId } from '../core/job';
import { AWAIT_JOB_COMPLETION, JOB_ID_MEMO, nextJobWaiterPrefix, RUN_JOB, waiterWorkflowId } from '../core/names';
import { isInvalidArgument, isUnimplemented } from '../temporal/server-refusal';
import type { EventOfJob } from './job-event';

/** What an event caused: how many waiters were signalled, and whether there is or was a wait that is known to be for the job. */
export interface Signalled {
  waiters: number;
  isKnown: boolean;
  /** Why nothing could be found by the search attribute; undefined if the search succeeded or was not needed. */
  attributeError?: unknown;
}

/** What the server's list of workflows is searched for. */
export interface Search {
  /** Search attribute of the job id; null to search by workflow ids only. */
  attribute: string | null;
  /** Whether to find waits that have ended, too. */
  withEnded: boolean;
}

/** How many listed workflows are read in addition to the shared waiter; running ones come first. Any others follow their own schedule. */
const LISTED = 200;

/**
 * Signals the waiters for an event's job. Starts none. The job's shared waiter is signalled at once, by its id. In addition, the server's list of
 * workflows is searched for waiters with other ids. All are tried.
 * @throws any error that prevents a signal, except that the waiter has ended
 */
export async function signalWaiters(
  workflows: WorkflowClient,
  event: EventOfJob,
  { attribute, withEnded }: Search,
): Promise<Signalled> {
  const list = (by: string | null) => findWaiters(workflows, event, { attribute: by, withEnded });
  let attributeError: unknown;
  const listing = list(attribute).catch((error: unknown) => {
    if (attribute === null || !isInvalidArgument(error)) throw error;
    attributeError = error; // the namespace lacks the attribute
    return list(null);
  });
  const shared = waiterWorkflowId(event.jobId);
  const [first, others] = await Promise.allSettled([signal(workflows, shared), listing]);
  const listed = others.status === 'fulfilled' ? others.value : [];
  const ids = new Set(listed.flatMap(({ workflowId, mayWait }) => (mayWait ? workflowId : [])));
  ids.delete(shared);
  const rest = await Promise.allSettled([...ids].map((id) => signal(workflows, id)));
  const failed = [first, others, ...rest].find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  const isSignalled = (one: PromiseSettledResult<boolean>) => one.status === 'fulfilled' && one.value;
  const waiters = [first, ...rest].filter(isSignalled).length;
  const isKnown = isSignalled(first) || listed.some(({ isOfJob }) => isOfJob);
  return { waiters, isKnown, ...(attributeError !== undefined && { attributeError }) };
}

/** Signals a waiter. Returns whether it was running. */
async function signal(workflows: WorkflowClient, workflowId: string): Promise<boolean> {
  try {
    await workflows.getHandle(workflowId).signal(checkNow);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

interface ListedWaiter {
  workflowId: string;
  /** Whether it waits or waited for the event's job. False for a wait for the next job of a workflow that has not found its job yet. */
  isOfJob: boolean;
  /** Whether it is running, and waits for this job or may do so. */
  mayWait: boolean;
}

async function findWaiters(workflows: WorkflowClient, event: EventOfJob, search: Search): Promise<ListedWaiter[]> {
  const found: ListedWaiter[] = [];
  const query = waitersQuery(event, search);
  try {
    for await (const { workflowId, status, memo } of workflows.list({ query, pageSize: LISTED })) {
      const isForNext = event.workflowId !== null && workflowId.startsWith(nextJobWaiterPrefix(event.workflowId));
      const jobId = isForNext ? memo?.[JOB_ID_MEMO] : event.jobId;
      const isOfJob = isJobId(jobId) && jobId.toLowerCase() === event.jobId;
      found.push({ workflowId, isOfJob, mayWait: status.name === 'RUNNING' && (isOfJob || !isJobId(jobId)) });
      if (found.length === LISTED) break;
    }
  } catch (error) {
    if (!isUnimplemented(error)) throw error; // on a server without a list, only the shared waiter is known
  }
  return found;
}

/**
 * Finds waits for the job and for the next job of its workflow by their ids. With a search attribute, also finds runs of the job, and waits for it under
 * any other id. The ids here are uuids, which need no escaping; queries do not support escapes.
 */
function waitersQuery({ jobId, workflowId }: EventOfJob, { attribute, withEnded }: Search): string {
  const prefixes = [waiterWorkflowId(jobId), ...(workflowId === null ? [] : [nextJobWaiterPrefix(workflowId)])];
  const byId = prefixes.map((prefix) => `WorkflowId STARTS_WITH '${prefix}'`).join(' OR ');
  const byType = `(WorkflowType = '${AWAIT_JOB_COMPLETION}' AND (${byId}))`;
  const types = `WorkflowType IN ('${AWAIT_JOB_COMPLETION}', '${RUN_JOB}')`;
  const all = attribute === null ? byType : `(${byType} OR (${types} AND \`${attribute}\` = '${jobId}'))`;
  return withEnded ? all : `${all} AND ExecutionStatus = 'Running'`;
}
