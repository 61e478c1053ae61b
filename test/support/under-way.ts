import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type HistoryEvent, historiesOf, isClosing, type RecordedRun, type RunId } from './histories';

const MOST_RUNS = 10;
const LAST_EVENTS = 8;

/** Tells of each workflow that is under way, in a line, what it waits for and what happened last; undefined where none is. Never throws. */
export async function whatIsUnderWay(
  env: Pick<TestWorkflowEnvironment, 'client' | 'currentTimeMs'>,
  started: readonly RunId[],
): Promise<string | undefined> {
  try {
    // A server that is stuck may never answer.
    return await env.client.withDeadline(Date.now() + 10_000, async () => {
      const runs = await historiesOf(env.client, started);
      const open = runs.filter(({ history }) => !history.events?.some((event) => isClosing(event)));
      if (open.length === 0) return undefined;
      const lines = await Promise.all(open.slice(-MOST_RUNS).map((run) => lineOf(env.client, run)));
      const clock = new Date(await env.currentTimeMs()).toISOString();
      return `Workflows under way, at ${clock} by the server's clock:\n${lines.join('\n')}`;
    });
  } catch (error) {
    return `The server does not tell which workflows are under way: ${String(error)}`;
  }
}

async function lineOf(client: Client, run: RecordedRun): Promise<string> {
  const events = run.history.events ?? [];
  const last = events.slice(-LAST_EVENTS).map((event) => `${String(event.eventId)} ${nameOf(event)}`);
  const awaited = [...(await pendingCalls(client, run)), ...timersUnderWay(events), ...taskUnderWay(events)];
  return `${run.workflowId} waits for ${awaited.join(', ') || 'nothing'}; last events: ${last.join(', ')}`;
}

const ACTIVITY_STATES = ['unknown', 'scheduled', 'started', 'cancel requested'];

async function pendingCalls(client: Client, { workflowId, runId }: RunId): Promise<string[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const activities = (raw.pendingActivities ?? []).map(({ activityType, state, attempt }) => {
      const about = [ACTIVITY_STATES[state ?? 0], `attempt ${attempt ?? 1}`];
      return `activity ${activityType?.name ?? ''} (${about.join(', ')})`;
    });
    const children = (raw.pendingChildren ?? []).map((child) => `child ${child.workflowId ?? ''}`);
    return [...activities, ...children];
  } catch (error) {
    return [`what the server does not tell (${String(error)})`];
  }
}

function timersUnderWay(events: readonly HistoryEvent[]): string[] {
  const over = new Set(
    events.map(({ timerFiredEventAttributes: fired, timerCanceledEventAttributes: cancelled }) =>
      String((fired ?? cancelled)?.startedEventId),
    ),
  );
  return events.flatMap(({ eventId, timerStartedEventAttributes: timer }) => {
    if (!timer || over.has(String(eventId))) return [];
    return `timer of ${String(timer.startToFireTimeout?.seconds ?? 0)} s`;
  });
}

function taskUnderWay(events: readonly HistoryEvent[]): string[] {
  const last = events.findLast((event) => /^workflowTask/.test(keyOf(event)));
  if (last?.workflowTaskScheduledEventAttributes) return ['a worker to take its workflow task'];
  return last?.workflowTaskStartedEventAttributes ? ['the end of its workflow task'] : [];
}

function nameOf(event: HistoryEvent): string {
  const name = keyOf(event).replace(/EventAttributes$/, '');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function keyOf(event: HistoryEvent): string {
  const isSet = ([key, value]: [string, unknown]) => key.endsWith('EventAttributes') && Boolean(value);
  return Object.entries(event).find(isSet)?.[0] ?? '';
}
