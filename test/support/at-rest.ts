import type { Client } from '@temporalio/client';
import { expect, vi } from 'vitest';
import { eventsOf, type HistoryEvent, historiesOf, isClosing } from './histories';

/**
 * Waits, while the clock stands, until neither the workflow nor a child of it has an activity or a task on its way. One that is ended during an
 * activity stops the clock of the Java server for good, and `env.sleep` may return as a check begins.
 */
export async function atRest(client: Client, { workflowId }: { workflowId: string }): Promise<void> {
  await vi.waitFor(
    async () => {
      const { runId } = await client.workflow.getHandle(workflowId).describe();
      const runs = await historiesOf(client, [{ workflowId, runId }]);
      expect(runs.flatMap(({ history }) => onTheirWay(history.events ?? []))).toEqual([]);
    },
    { timeout: 30_000 },
  );
}

/** What was scheduled and has not come to an end. */
function onTheirWay(events: readonly HistoryEvent[]): string[] {
  const ended = new Set(events.map((event) => endIn(event)));
  return events.map((event) => beginningIn(event)).filter((name) => name !== undefined && !ended.has(name)) as string[];
}

function beginningIn(event: HistoryEvent): string | undefined {
  if (event.activityTaskScheduledEventAttributes || event.workflowTaskScheduledEventAttributes)
    return `task ${String(event.eventId)}`;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  return child ? `child ${child.workflowId}` : undefined;
}

function endIn(event: HistoryEvent): string | undefined {
  const end =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    event.workflowTaskCompletedEventAttributes ??
    event.workflowTaskFailedEventAttributes ??
    event.workflowTaskTimedOutEventAttributes;
  if (end) return `task ${String(end.scheduledEventId)}`;
  const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
  const refused = event.startChildWorkflowExecutionFailedEventAttributes;
  const workflowId = child?.workflowId ?? refused?.workflowId;
  return workflowId ? `child ${workflowId}` : undefined;
}

/**
 * Waits, while the clock stands, until a cancellation has come to all children that the workflow hands it on to. On its way between them, nothing
 * holds the clock of the Java server: a child may begin a check meanwhile, and one that is cancelled before a worker has it stops the clock for good.
 */
export async function cancellationArrived(client: Client, workflowId: string): Promise<void> {
  await vi.waitFor(async () => expect(await withoutCancellation(client, workflowId)).toEqual([]), { timeout: 30_000 });
}

/** Workflows that the cancellation of this one has yet to come to, or that have yet to hand it on. */
async function withoutCancellation(client: Client, workflowId: string): Promise<string[]> {
  const events = await eventsOf(client.workflow.getHandle(workflowId));
  const requested = events.findLastIndex((event) => event.workflowExecutionCancelRequestedEventAttributes);
  const isClosed = events.some((event) => isClosing(event));
  if (requested === -1 && !isClosed) return [workflowId];
  if (!events.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)) return [];
  const isHandedOn = events.slice(requested).some((event) => event.workflowTaskCompletedEventAttributes);
  if (!isHandedOn && !isClosed) return [workflowId];
  const children = events.flatMap(
    (event) =>
      event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution?.workflowId ?? [],
  );
  return (await Promise.all(children.map((child) => withoutCancellation(client, child)))).flat();
}
