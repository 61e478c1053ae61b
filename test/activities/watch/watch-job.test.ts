// The activity that watches a job takes no slot, holds nothing of the activity, and refuses what this worker does not watch.
import { asyncLocalStorage, CompleteAsyncError } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWatchJob } from '../../../activities/watch-job';
import type { WatchPort } from '../../../activities/watch/watch-port';
import { Watches, type WatchOptions } from '../../../activities/watch/watches';
import { invalidInput } from '../../../src/core/errors';
import type { Job } from '../../../src/core/job';
import { WATCH_JOB } from '../../../src/core/names';
import { stubClient } from './support';
import { quiet } from '../../support/logs';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const JOB_ID = '4c3a8f0e-91b4-4b0a-9d7e-0d5a6f1e2b3c';
const HOUR_MS = 3_600_000;

function watchingWith(options: WatchOptions | false = {}, info: object = {}) {
  const { client, said } = stubClient();
  const watches = new Watches(options, () => 0);
  const contexts: unknown[] = [];
  let status = 'IN_PROGRESS';
  const port: WatchPort = {
    getJob: (id) => {
      contexts.push(asyncLocalStorage.getStore());
      const none = { workflowId: null, workflowName: null, createdAt: null, runtime: null, jobType: null };
      return Promise.resolve({ id, status, ...none, inputFileIds: null, outputNodeFiles: null } satisfies Job);
    },
    listJobs: () => Promise.reject(new Error('one job is not worth a list')),
  };
  const clientOf = (account?: string) => {
    if (account !== undefined && account !== 'default') throw invalidInput(`Unknown account ${account}.`);
    return port;
  };
  const env = new MockActivityEnvironment(
    { taskToken: Buffer.from('token'), scheduleToCloseTimeoutMs: 24 * HOUR_MS, ...info },
    { client, logger: quiet },
  );
  const input = {
    jobId: JOB_ID,
    status,
    forMs: HOUR_MS,
    gapMs: 10_000,
    held: {},
    files: 'all',
    maxResultBytes: 100_000,
  };
  const watch = (more: object = {}): Promise<unknown> =>
    env
      .run(createWatchJob(clientOf, watches)[WATCH_JOB], { ...input, ...more } as never)
      .catch((error: unknown) => error);
  const become = (now: string) => void (status = now);
  return { client, said, watches, contexts, watch, become };
}

it('leaves its slot, and is completed later with the job', async () => {
  const { said, watch, become } = watchingWith();
  expect(await watch()).toBeInstanceOf(CompleteAsyncError);
  become('COMPLETED');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toMatchObject([
    { call: 'complete', token: 'token', value: { check: { job: { status: 'COMPLETED' } }, watch: null } },
  ]);
});

it('goes on to offer the watch for a job that goes on, and none for a status that it does not know', async () => {
  for (const [status, watch] of [
    ['SCHEDULED', { tickMs: 10_000 }],
    ['PAUSED', null],
  ] as const) {
    const watching = watchingWith();
    await watching.watch();
    watching.become(status);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(watching.said).toMatchObject([{ call: 'complete', value: { check: { job: { status } }, watch } }]);
  }
});

it('keeps nothing of the activity in memory', async () => {
  const token = new Uint8Array(1_000).fill(7).subarray(10, 20);
  const { client, watch } = watchingWith({}, { taskToken: token });
  const complete = vi.spyOn(client.activity, 'complete');
  await watch({ forMs: 15_000 });
  await vi.advanceTimersByTimeAsync(20_000);
  const [taken] = complete.mock.calls[0] as unknown as [Uint8Array];
  expect([...taken]).toEqual([...token]);
  expect(taken.buffer.byteLength).toBe(10);
});

it('makes no call in the name of the activity', async () => {
  vi.useRealTimers(); // those of a test keep no context
  const { said, contexts, watch, become } = watchingWith({ tick: '1 second' });
  await watch({ gapMs: 1_000 });
  become('COMPLETED');
  await vi.waitFor(() => expect(said).toHaveLength(1), 30_000);
  expect(contexts).toEqual([undefined]);
});

it('tells the server’s time at which it last saw the job, though its own clock is another', async () => {
  const at = Date.UTC(2030, 0, 1);
  const info = { scheduledTimestampMs: at, currentAttemptScheduledTimestampMs: at };
  const { said, watch } = watchingWith({}, info);
  await watch({ forMs: 15_000 });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(said).toMatchObject([{ call: 'complete', value: { check: null, seenAt: at + 10_000 } }]);
});

it.each([
  ['a first attempt', 0, 60_000],
  ['a later one, for what is left', 45_000, 15_000],
  ['one that is past its time', 90_000, 0],
  ['one whose server tells no time of the attempt', -HOUR_MS, 60_000],
])('watches as long as it was asked to: %s', async (_, spentMs, leftMs) => {
  const info = { scheduledTimestampMs: HOUR_MS, currentAttemptScheduledTimestampMs: HOUR_MS + spentMs };
  const { said, watch } = watchingWith({}, { ...info, heartbeatTimeoutMs: 600_000 });
  await watch({ forMs: 60_000 });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(said).toMatchObject([{ call: 'complete', value: { check: null } }]);
  expect(said[0]!.at).toBe(leftMs);
});

it('is not handed back where Temporal ends it within two seconds', async () => {
  const info = { scheduledTimestampMs: HOUR_MS, currentAttemptScheduledTimestampMs: HOUR_MS + 12_000 };
  const { client, said, watches, watch } = watchingWith({}, { ...info, scheduleToCloseTimeoutMs: 15_000 });
  await watch({ forMs: 60_000 });
  await vi.advanceTimersByTimeAsync(1_500);
  await watches.stop(client);
  expect(said).toEqual([]);
});

it('gives a watch back to the schedule where this worker watches nothing', async () => {
  const { said, watch } = watchingWith(false);
  expect(await watch()).toEqual({ check: null, seenAt: null, watch: null });
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(said).toEqual([]);
});

it('leaves it to another worker where this one stops', async () => {
  const { client, watches, watch } = watchingWith();
  await watches.stop(client);
  expect(await watch()).toMatchObject({ nonRetryable: false, nextRetryDelay: expect.any(Number) as number });
  expect(await watches.offer(client, () => undefined)).toBeNull();
});

it('fails for good where this worker does not know the account', async () => {
  const { watch } = watchingWith();
  expect(await watch({ account: 'eu' })).toMatchObject({ type: 'UnstructuredValidationError', nonRetryable: true });
});

it('belongs to the same set whether or not its wait names the account', async () => {
  const { contexts, watch } = watchingWith();
  await watch();
  await watch({ account: 'default' }); // the same job: one call tells both
  await vi.advanceTimersByTimeAsync(10_000);
  expect(contexts).toHaveLength(1);
});

it('is handed back once where its worker stops, and is asked for no more', async () => {
  const { client, said, contexts, watches, watch } = watchingWith();
  await watch();
  await Promise.all([watches.stop(client), watches.stop(client)]);
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(said.map(({ call }) => call)).toEqual(['fail']);
  expect(contexts).toEqual([]);
});
