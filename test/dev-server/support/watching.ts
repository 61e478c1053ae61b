import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { expect, onTestFinished } from 'vitest';
import { createUnstructuredActivities } from '../../../activities';
import { progress, UnstructuredClient } from '../../../src';
import { WATCH_JOB } from '../../../src/core/names';
import type { WaitProgress } from '../../../src/core/wait/progress';
import type { FakeUnstructured, Operation } from '../../../src/testing';
import type { HistoryEvent } from '../../support/histories';
import type { Setup } from './dev-server';
import { attributesOf } from './events';
import { eventually } from './eventually';

/** A round each second. */
export const WATCH = { tick: '1 second' } as const;
/** Each round may ask for each job. That the watch did it, and not the schedule, a history tells. */
export const QUICK = { minimumGap: '1 second' } as const;

type Described = Pick<WorkflowHandle, 'describe'>;

/** Resolves with the progress once a worker holds the watch of this wait. */
export async function held(handle: Pick<WorkflowHandle, 'query' | 'describe'>): Promise<WaitProgress> {
  return eventually(async () => {
    const now = await handle.query(progress);
    expect(now.activity).toBe('watching');
    expect(await watchOf(handle)).toMatchObject({ isStarted: true });
    return now;
  });
}

/** A watch under way, as the server knows it. */
export interface PendingWatch {
  isStarted: boolean;
  attempt: number;
  /** Identity of the worker that took it last. */
  worker: string;
  /** What the last renewal of its lease told. */
  details: unknown;
}

/** The newest watch under way of a workflow; undefined where it has none. */
export async function watchOf(handle: Described): Promise<PendingWatch | undefined> {
  const { raw } = await handle.describe();
  const watch = (raw.pendingActivities ?? []).findLast(({ activityType }) => activityType?.name === WATCH_JOB);
  if (!watch) return undefined;
  const { state, attempt, lastWorkerIdentity, heartbeatDetails } = watch;
  const [details] = heartbeatDetails?.payloads ?? [];
  return {
    isStarted: state === temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    attempt: attempt ?? 0,
    worker: lastWorkerIdentity ?? '',
    details: details && defaultPayloadConverter.fromPayload(details),
  };
}

/** How the watches of a history were started, in order, as far as they have ended. */
export function watchStartsOf(events: readonly HistoryEvent[]) {
  const watches = scheduledOf(events, WATCH_JOB);
  const starts = attributesOf(events, 'activityTaskStartedEventAttributes');
  return starts.filter(({ scheduledEventId }) => watches.includes(String(scheduledEventId)));
}

/** Ids of the events that scheduled an activity of this name. */
export function scheduledOf(events: readonly HistoryEvent[], activity: string): string[] {
  return events
    .filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === activity)
    .map(({ eventId }) => String(eventId));
}

/** How many requests the API received, of one operation. */
export function received({ requests }: Pick<FakeUnstructured, 'requests'>, operation: Operation): number {
  return requests.filter((request) => request.operation === operation).length;
}

/** Resolves once so many more requests of an operation have come: rounds of the watch, as time passes. */
export async function receives(api: FakeUnstructured, operation: Operation, more: number): Promise<void> {
  const before = received(api, operation);
  await eventually(() => expect(received(api, operation)).toBeGreaterThanOrEqual(before + more));
}

/** For a second worker of one task queue: the SDK allows one a connection. Closed at the end of the test. */
export async function anotherConnection({ address }: { address: string }): Promise<NativeConnection> {
  const connection = await NativeConnection.connect({ address });
  onTestFinished(() => connection.close());
  return connection;
}

/** The activities of an older worker without the plugin, which does not know the watch. */
export function withoutWatch({ api }: Pick<Setup, 'api'>) {
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const { [WATCH_JOB]: _, ...activities } = createUnstructuredActivities(() => client);
  return activities;
}
