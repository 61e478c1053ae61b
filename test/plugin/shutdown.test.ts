// A worker that stops hands back its watches: only once it polls no more, and again after its run for what Temporal did not accept by then.
import { CompleteAsyncError } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UnstructuredPlugin } from '../../src';
import { WATCH_JOB } from '../../src/core/names';
import { stubClient } from '../activities/watch/support';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A plugin that holds one watch, and what happens on its way, in order. */
async function watching(accepts: () => boolean = () => true) {
  const happened: string[] = [];
  const { client } = stubClient(({ call }) => {
    happened.push(call);
    return accepts() ? Promise.resolve() : Promise.reject(new Error('unavailable'));
  });
  const plugin = new UnstructuredPlugin({ apiKey: 'key-of-nobody' });
  const { activities } = plugin.configureWorker({ taskQueue: 'documents' });
  const input = {
    jobId: 'a'.repeat(36),
    status: 'IN_PROGRESS',
    forMs: 3_600_000,
    gapMs: 10_000,
    held: {},
    files: 'all',
  };
  const watch = (activities as Record<string, (input: object) => Promise<unknown>>)[WATCH_JOB]!;
  const env = new MockActivityEnvironment(
    { taskToken: Buffer.from('token'), scheduleToCloseTimeoutMs: 3_600_000 },
    { client },
  );
  expect(await env.run(watch, { ...input, maxResultBytes: 100_000 }).catch((error: unknown) => error)).toBeInstanceOf(
    CompleteAsyncError,
  );
  const worker = { client, shutdown: () => void happened.push('shutdown') } as unknown as Worker;
  return { plugin, worker, happened };
}

it('after it began to shut down', async () => {
  const { plugin, worker, happened } = await watching();
  await plugin.runWorker(worker, async () => {
    worker.shutdown();
    await vi.advanceTimersByTimeAsync(1_000);
    happened.push('run over');
  });
  expect(happened).toEqual(['shutdown', 'fail', 'run over']);
});

it('after its run, where an error ended that', async () => {
  const { plugin, worker, happened } = await watching();
  await expect(plugin.runWorker(worker, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(happened).toEqual(['fail']);
});

it('and is over only when Temporal has accepted that', async () => {
  let isAway = true;
  const { plugin, worker, happened } = await watching(() => !isAway);
  const run = plugin.runWorker(worker, () => {
    worker.shutdown();
    return Promise.resolve();
  });
  await vi.advanceTimersByTimeAsync(2_500);
  isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  await run;
  expect(happened).toEqual(['shutdown', 'fail', 'fail', 'fail', 'fail']);
});
