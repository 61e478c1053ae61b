import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished } from 'vitest';
import { createUnstructuredActivities } from '../../activities';
import type { UnstructuredActivities } from '../../activities/types';
import { UnstructuredClient, type UnstructuredClientOptions } from '../../src/api/client';
import type { CollectAnswer, CollectRequest } from '../../src/core/run/collect';
import type { OutputSink } from '../../src/storage/sink';
import type { DocumentSource } from '../../src/storage/source';
import { Storage } from '../../src/storage/storage';
import { type FakeJob, FakeUnstructured, type FakeUnstructuredOptions, type JobSpec } from '../../src/testing';
import { temporaryFolder } from '../testing/temporary-folder';
import { quiet } from '../support/logs';

type Info = ConstructorParameters<typeof MockActivityEnvironment>[0];

interface StorageSetup {
  sources?: Record<string, DocumentSource>;
  sinks?: Record<string, OutputSink>;
  client?: Partial<UnstructuredClientOptions>;
}

/** A fake API, and activities that may read one folder and write another. */
export async function withStorage(
  fake: FakeUnstructuredOptions = {},
  { sources, sinks, client: options }: StorageSetup = {},
) {
  const root = await temporaryFolder();
  const [inbox, outbox] = [join(root, 'in'), join(root, 'out')];
  await Promise.all([mkdir(inbox), mkdir(outbox)]);
  const api = await FakeUnstructured.start(fake);
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey, ...options });
  onTestFinished(async () => {
    await client.close();
    await api.close();
  });
  const storage = new Storage({ documents: { folders: [inbox], sources }, outputs: { folders: [outbox], sinks } });
  const activities = createUnstructuredActivities(() => client, storage);
  return { api, activities, inbox, outbox, to: pathToFileURL(outbox).href, inboxUrl: pathToFileURL(inbox).href };
}

export type Name = keyof UnstructuredActivities;

/** Runs an activity once, as a worker does. */
export function perform<N extends Name>(
  activities: UnstructuredActivities,
  name: N,
  input: Parameters<UnstructuredActivities[N]>[0],
  info: Info = {},
  env = environment(info),
): Promise<Awaited<ReturnType<UnstructuredActivities[N]>>> {
  const activity = activities[name] as (input: unknown) => Promise<Awaited<ReturnType<UnstructuredActivities[N]>>>;
  return env.run(activity, input);
}

/** Where an activity runs that pauses between its tries for no time: how long is for the tests of the delays to say. */
/** The SDK's mock gives an activity a second, which a busy machine may need for itself. */
const LONG = { startToCloseTimeoutMs: 60_000, scheduleToCloseTimeoutMs: 0 };

export function environment(info: Info): MockActivityEnvironment {
  const env = new MockActivityEnvironment({ ...LONG, ...info }, { logger: quiet });
  Object.assign(env.context, { sleep: () => Promise.resolve() });
  return env;
}

export type Beat = (token: Uint8Array, details: unknown) => Promise<void>;

/** A client of Temporal that takes heartbeats as `beat` does. */
export function heartbeatClient(beat: Beat): Client {
  return {
    activity: { heartbeat: beat },
    withDeadline: (_: number, fn: () => Promise<void>) => fn(),
    withAbortSignal: (_: AbortSignal, fn: () => Promise<void>) => fn(),
  } as unknown as Client;
}

interface Attempts {
  /** Makes the next attempt, so long after the first. In between others were made without success, one a minute. */
  (afterMs?: number): Promise<CollectAnswer>;
  /** Makes the next attempt, so long after the first. In between none was made: no worker was there. */
  away: (afterMs: number) => Promise<CollectAnswer>;
}

/** Attempts of one collecting, one after the other: each knows what the one before told last. */
export function attemptsOf(activities: UnstructuredActivities, request: CollectRequest): Attempts {
  let [attempt, lastMs] = [0, 0];
  let heartbeatDetails: unknown;
  const next = (afterMs: number, others: number) => {
    attempt += 1 + others;
    lastMs = afterMs;
    const env = environment({ ...elapsed(afterMs), attempt, heartbeatDetails });
    env.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    return perform(activities, 'unstructured.collectJobOutputs', request, {}, env);
  };
  return Object.assign((afterMs = 0) => next(afterMs, Math.max(0, Math.ceil((afterMs - lastMs) / 60_000) - 1)), {
    away: (afterMs: number) => next(afterMs, 0),
  });
}

/** What an activity failed with, which must be a failure of this type. */
export async function failure(type: string, performing: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await performing.then(
    (result) => expect.fail(`It did not fail: ${JSON.stringify(result)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApplicationFailure)) throw error;
  expect(error.type, error.message).toBe(type);
  return error;
}

/** A job that is COMPLETED, and its files as a collector is asked for them. */
export function completed(api: FakeUnstructured, spec: JobSpec = {}): { job: FakeJob; files: CollectFiles } {
  const job = api.addJob({ files: 3, nodes: 2, ...spec });
  return { job, files: job.fileIds.map((fileId) => ({ fileId, nodeIds: [...job.nodeIds] })) };
}

type CollectFiles = { fileId: string; nodeIds: string[] }[];

/** As after so much time of attempts. */
export function elapsed(ms: number): Info {
  return { scheduledTimestampMs: 1_000, currentAttemptScheduledTimestampMs: 1_000 + ms };
}
