import { type WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import { checkNow } from '../common/messages';
import { AWAIT_JOB_COMPLETION, nextJobWaiterPrefix, RUN_JOB, waiterWorkflowId } from '../core/names';
import { isInvalidArgument, isUnimplemented } from '../temporal/server-refusal';
import type { EventOfJob } from './job-event';

/** What an event caused: how many waiters were signalled, and whether there is or was any wait for the job. */
export interface Signalled {
  waiters: number;
  isKnown: boolean;
  /** Why runs could not be looked for; undefined if they could, or if that was not needed. */
  runsError?: unknown;
}

/** How many listed workflows are read in addition to the shared waiter; running ones come first. Any others follow their own schedule. */
const LISTED = 200;

/**
 * Signals the waiters for an event's job. Starts none. The job's shared waiter is signalled at once, by its id. In addition, the server's list of
 * workflows is searched for waiters with ids of their own. All are tried.
 * @param runsBy Search attribute by which runs are found; null to leave out runs, for example if the namespace lacks it
 * @throws any error that prevents a signal, except that the waiter has ended
 */
export async function signalWaiters(
  workflows: WorkflowClient,
  event: EventOfJob,
  runsBy: string | null,
): Promise<Signalled> {
  const shared = waiterWorkflowId(event.jobId);
  const list = (by: string | null) => findOthers(workflows, waitersQuery(event, by), shared);
  let runsError: unknown;
  const listing = list(runsBy).catch((error: unknown) => {
    if (runsBy === null || !isInvalidArgument(error)) throw error;
    runsError = error;
    return list(null);
  });
  const [first, others] = await Promise.allSettled([signal(workflows, shared), listing]);
  const listed = others.status === 'fulfilled' ? others.value : [];
  const ids = new Set(listed.flatMap(({ workflowId, isRunning }) => (isRunning ? workflowId : [])));
  const rest = await Promise.allSettled([...ids].map((id) => signal(workflows, id)));
  const all = [first, others, ...rest];
  const failed = all.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  const waiters = [first, ...rest].filter((one) => one.status === 'fulfilled' && one.value).length;
  return { waiters, isKnown: waiters > 0 || listed.length > 0, ...(runsError !== undefined && { runsError }) };
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
  isRunning: boolean;
}

async function findOthers(workflows: WorkflowClient, query: string, shared: string): Promise<ListedWaiter[]> {
  const found: ListedWaiter[] = [];
  try {
    for await (const { workflowId, status } of workflows.list({ query, pageSize: LISTED })) {
      // The shared waiter was already signalled by its id.
      found.push({ workflowId, isRunning: status.name === 'RUNNING' && workflowId !== shared });
      if (found.length === LISTED) break;
    }
  } catch (error) {
    if (!isUnimplemented(error)) throw error; // on a server without a list, only the shared waiter is known
  }
  return found;
}

/**
 * Finds waits for the job under ids other than the shared one, and runs with the job, including those that have ended; also running waits for the
 * next job of the job's workflow. The ids here are uuids, which need no escaping; queries do not support escapes.
 */
function waitersQuery({ jobId, workflowId }: EventOfJob, runsBy: string | null): string {
  const ofJob = `WorkflowId STARTS_WITH '${waiterWorkflowId(jobId)}'`;
  const ofNext =
    workflowId === null
      ? ''
      : ` OR (WorkflowId STARTS_WITH '${nextJobWaiterPrefix(workflowId)}' AND ExecutionStatus = 'Running')`;
  const waits = `WorkflowType = '${AWAIT_JOB_COMPLETION}' AND (${ofJob}${ofNext})`;
  return runsBy === null ? waits : `(${waits}) OR (WorkflowType = '${RUN_JOB}' AND \`${runsBy}\` = '${jobId}')`;
}
