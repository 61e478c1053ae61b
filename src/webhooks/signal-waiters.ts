import { type WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import { checkNow } from '../common/messages';
import { AWAIT_JOB_COMPLETION, nextJobWaiterPrefix, RUN_JOB, waiterWorkflowId } from '../core/names';
import { isInvalidArgument, isUnimplemented } from '../temporal/server-refusal';
import type { EventOfJob } from './job-event';

/** What became of an event: how many waiters were signalled, and whether the job was awaited at all, if only before. */
export interface Signalled {
  waiters: number;
  isKnown: boolean;
  /** Why runs could not be looked for; undefined where they were, or need not be. */
  runsError?: unknown;
}

/** So many workflows are looked at beside the shared waiter; those that run come first. What is beyond goes by its own schedule. */
const LISTED = 200;

/**
 * Signals the waiters that an event is about, and starts none: the shared one of the job by its id, at once, and beside it those that the
 * server's list of workflows shows under ids of their own. All are tried.
 * @param runsBy Search attribute by which runs are found; null to leave them out, as where the namespace lacks it
 * @throws whatever keeps one from being told, but that it has ended
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
      // The shared one was already signalled by its id.
      found.push({ workflowId, isRunning: status.name === 'RUNNING' && workflowId !== shared });
      if (found.length === LISTED) break;
    }
  } catch (error) {
    if (!isUnimplemented(error)) throw error; // a server without a list has only the shared one
  }
  return found;
}

/**
 * Waits for the job under other ids than the shared one, and runs with it, also those that have ended; and waits for the next job of its
 * workflow. Ids are uuids here, which need no escapes: a query knows none.
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
