// Starts go to the queue that the caller names, where the server paces all workers together; while nobody takes them, nothing is sent.
import { NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { startRunJob, UnstructuredPlugin, type RunJobHandle, type StartRunJobOptions } from '../../src';
import type { DocumentSource } from '../../src/storage/source';
import { eventsOf } from '../support/histories';
import { expectCancelled, failureOf } from '../support/failure-of';
import { logMark, logsSince } from '../support/logs';
import { OFTEN, useDevServer, type Setup } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();
const start = { templateId: 't' };

const documents = [{ ref: 'mem:a.pdf' }];
const open: DocumentSource['open'] = () => Promise.resolve({ bytes: 1, stream: () => one('x') });

let runs = 0;
/** Starts a run with one document whose starts go to a queue of their own. */
async function startRun({ api, client, queue }: Setup, options: Partial<StartRunJobOptions> = {}) {
  api.setStartedJobs({ timeline: ['COMPLETED'] });
  const startTaskQueue = `${queue}-starts`;
  const key = `${queue}-${++runs}`;
  return startRunJob(client, { key, taskQueue: queue, start, documents, startTaskQueue, ...OFTEN, ...options });
}

/** A worker that only starts jobs. */
function startStartWorker(
  { api, queue, startWorker }: Setup,
  options: Partial<WorkerOptions> = {},
  mem: DocumentSource = { open },
) {
  const { url: baseUrl, apiKey } = api;
  const documents = { sources: { mem } };
  const plugins = [new UnstructuredPlugin({ baseUrl, apiKey, documents })];
  return startWorker({ taskQueue: `${queue}-starts`, workflowBundle: undefined, plugins, ...options });
}

async function expectNothingNoted(handle: RunJobHandle): Promise<void> {
  await expectCancelled(handle.result());
  const { memo } = await handle.describe();
  expect(memo?.['unstructured'] ?? null).toBeNull();
}

test.concurrent('the start goes to its queue, and the rest of the run does not', async () => {
  await withApi(async (setup) => {
    await setup.startWorker();
    const handle = await startRun(setup);
    await startStartWorker(setup);
    await handle.result();
    const queues = attributesOf(await eventsOf(handle), 'activityTaskScheduledEventAttributes').map(
      ({ activityType, taskQueue }) => [activityType?.name, taskQueue?.name],
    );
    expect(queues[0]).toEqual(['unstructured.createJob', `${setup.queue}-starts`]);
    expect(new Set(queues.slice(1).map(([, queue]) => queue))).toEqual(new Set([setup.queue]));
  });
});

test.concurrent("the queue's rate limit paces two workers together", async () => {
  await withApi(async (setup) => {
    await setup.startWorker();
    const limit = { maxTaskQueueActivitiesPerSecond: 1 };
    await startStartWorker(setup, limit);
    const connection = await NativeConnection.connect({ address: setup.env.address });
    const other = await startStartWorker(setup, { ...limit, connection });
    const handles = await Promise.all(Array.from({ length: 6 }, () => startRun(setup)));
    await Promise.all(handles.map((handle) => handle.result()));
    await other.stop();
    await connection.close();
    // As the server took them down; how fast anything here ran does not matter.
    const histories = await Promise.all(handles.map((handle) => eventsOf(handle)));
    const started = histories.map((events) => events.find((event) => event.activityTaskStartedEventAttributes)!);
    const times = started.map(({ eventTime }) => Number(eventTime!.seconds) * 1_000 + eventTime!.nanos! / 1e6);
    // The server's four partitions share the rate: each lets one through at once, and the next after four seconds.
    const within = (from: number) => times.filter((time) => time >= from && time < from + 3_500).length;
    expect(Math.max(...times.map(within))).toBeLessThanOrEqual(4);
  });
});

test.concurrent(
  'a start that nobody takes for the outage budget ends as a connection error, and nothing was sent',
  async () => {
    await withApi(async (setup) => {
      await setup.startWorker();
      const mark = logMark();
      const handle = await startRun(setup, { startOutageBudget: 0 });
      const { details, message } = await failureOf('UnstructuredConnectionError', handle.result());
      expect(details).toMatchObject({ kind: 'connection', notSent: true });
      expect(details.run).toBeUndefined();
      expect(message).toContain('No worker took the start');
      expect(setup.api.requests).toEqual([]);
      const ofRun = logsSince(mark).filter(({ meta }) => meta?.['workflowId'] === handle.workflowId);
      const ofStart = ofRun.filter((entry) => entry.message.startsWith('A start of a job'));
      expect(
        ofStart.map(({ level }) => level),
        'no reason for a warning',
      ).toEqual(['INFO']);
    });
  },
);

test.concurrent('a cancellation ends at once a start that nobody took', async () => {
  await withApi(async (setup) => {
    await setup.startWorker();
    const handle = await startRun(setup);
    await eventually(async () =>
      expect(attributesOf(await eventsOf(handle), 'activityTaskScheduledEventAttributes')).toHaveLength(1),
    );
    await handle.cancel();
    await expectNothingNoted(handle);
    expect(setup.api.requests).toEqual([]);
  });
});

test.concurrent('a cancellation ends a start whose documents are being opened', async () => {
  await withApi(async (setup) => {
    await setup.startWorker();
    let isOpening = false;
    const opening: DocumentSource['open'] = (_, { signal }) => {
      isOpening = true;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    };
    await startStartWorker(setup, {}, { open: opening });
    const handle = await startRun(setup);
    await eventually(() => expect(isOpening).toBe(true));
    await handle.cancel();
    await expectNothingNoted(handle);
    expect(setup.api.requests).toEqual([]);
  });
});

test.concurrent('a worker that is shut down while it opens documents leaves the start to the next one', async () => {
  await withApi(async (setup) => {
    await setup.startWorker();
    let opened = 0;
    const opening: DocumentSource['open'] = (ref, options) => {
      if (++opened > 1) return open(ref, options);
      const { signal } = options;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    };
    const first = await startStartWorker(setup, {}, { open: opening });
    const handle = await startRun(setup);
    await eventually(() => expect(opened).toBe(1));
    await first.stop();
    await startStartWorker(setup, {}, { open: opening });
    expect((await handle.result()).start).toEqual({ how: 'answered', sends: 2 });
    expect(setup.api.jobs).toHaveLength(1);
  });
});

test.concurrent('a run that is cancelled before its first workflow task starts nothing', async () => {
  await withApi(async (setup) => {
    const handle = await startRun(setup, { startTaskQueue: undefined });
    await handle.cancel();
    await setup.startWorker();
    await expectNothingNoted(handle);
    expect(setup.api.requests).toEqual([]);
  });
});

// eslint-disable-next-line @typescript-eslint/require-await
async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
