import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { testBundle } from './bundle';

export type History = temporal.api.history.v1.IHistory;
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** One run of a workflow. */
export interface RunId {
  workflowId: string;
  runId: string;
}

export interface RecordedRun extends RunId {
  history: History;
}

/** Histories of these runs, of the runs that they continued as, and of all children. */
export async function historiesOf(client: Client, runs: Iterable<RunId>): Promise<RecordedRun[]> {
  const recorded: RecordedRun[] = [];
  const left = [...runs];
  for (let run = left.shift(); run; run = left.shift()) {
    const { workflowId, runId } = run;
    if (recorded.some((other) => other.runId === runId)) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    recorded.push({ workflowId, runId, history });
    left.push(...(history.events ?? []).flatMap((event) => runsIn(event, workflowId)));
  }
  return recorded;
}

/** Whether a run ends with this event. */
export function isClosing(event: HistoryEvent): boolean {
  const closing =
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes ??
    event.workflowExecutionCanceledEventAttributes ??
    event.workflowExecutionTerminatedEventAttributes ??
    event.workflowExecutionContinuedAsNewEventAttributes;
  return closing !== undefined && closing !== null;
}

function runsIn(event: HistoryEvent, workflowId: string): RunId[] {
  const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
  return [
    ...(next ? [{ workflowId, runId: next }] : []),
    ...(child ? [{ workflowId: child.workflowId ?? '', runId: child.runId ?? '' }] : []),
  ];
}

const RECORDED = join(__dirname, '../histories');

/** What `npm run record:histories` has recorded, by file name. */
export function recordedHistories(): { workflowId: string; history: StoredHistory }[] {
  const files = readdirSync(RECORDED).filter((file) => file.endsWith('.json'));
  return files.map((file) => ({
    workflowId: file,
    history: JSON.parse(readFileSync(join(RECORDED, file), 'utf8')) as StoredHistory,
  }));
}

/** A batch's children are called by its own workflow id, which no history of the test server tells: the name of its scenario. */
const RECORDED_KEY = /^v1-(.+?)(-first|-last)?\.json/;

export interface StoredHistory {
  events: { eventType: string; [attributes: string]: unknown }[];
}

/** Replays histories against the present code, one after another, on this thread: one for workflows would load the SDK again. @throws Error naming each workflow that does not replay, and why */
export async function replay(
  runs: Iterable<{ workflowId: string; history: unknown }>,
  workflowBundle: WorkflowBundleOption = testBundle(),
): Promise<void> {
  const failed: string[] = [];
  const begun: { workflowId: string; history: unknown }[] = [];
  const named = function* () {
    for (const run of runs) {
      const { workflowId, history } = run;
      begun.push(run);
      yield { workflowId: RECORDED_KEY.exec(workflowId)?.[1] ?? workflowId, history };
    }
  };
  const options = { workflowBundle, debugMode: true }; // which works here, too, though the type of the options leaves it out
  let count = 0;
  for await (const { error } of Worker.runReplayHistories(options, named())) {
    const { workflowId, history } = begun[count++]!;
    if (error) failed.push(`${workflowId}: ${error.message}, in ${keepHistory(history)}`);
  }
  if (failed.length > 0) throw new Error(`Histories that do not replay:\n${failed.join('\n')}`);
}

/** Writes a history that did not replay, to be looked at: what led to it may not come again. */
function keepHistory(history: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'history-')), 'history.json');
  writeFileSync(path, JSON.stringify(history, undefined, 1));
  return path;
}

/** The events of the newest run of a workflow. */
export async function eventsOf(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<HistoryEvent[]> {
  return (await handle.fetchHistory()).events ?? [];
}

/** The first value of a list of payloads. */
export function payloadOf(payloads: temporal.api.common.v1.IPayloads | null | undefined): unknown {
  const [payload] = payloads?.payloads ?? [];
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/** How long each timer was set for, in ms, in order: gaps in workflow time, however long the checks between them took. */
export function timersOf(events: readonly HistoryEvent[]): number[] {
  return events.flatMap(({ timerStartedEventAttributes: timer }) => (timer ? [msOf(timer.startToFireTimeout)] : []));
}

/** Milliseconds from the start of a workflow to the moment when its last check was scheduled, by the server's clock. */
export function lastCheckAfterMs(events: readonly HistoryEvent[]): number {
  const last = events.findLast((event) => event.activityTaskScheduledEventAttributes);
  return msOf(last?.eventTime) - msOf(events[0]?.eventTime);
}

function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
}
