// How far a transfer is, as its workflow hears of it: each signal is an action and four events of a history.
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startProgressReport } from '../../activities/support/progress-report';
import type { TransferProgress } from '../../src/core/start/request';
import { faults } from '../../src/testing';
import { quiet } from '../support/logs';
import { completed, failure, perform, withStorage } from './support';

const SECOND = 1_000;

/** A client whose signals are noted. */
function clientThat(notes: (progress: TransferProgress) => void): Client {
  const signal = (_: string, progress: TransferProgress) => {
    notes(progress);
    return Promise.resolve();
  };
  return {
    workflow: { getHandle: () => ({ signal }) },
    withDeadline: (_: number, fn: () => Promise<void>) => fn(),
    withAbortSignal: (_: AbortSignal, fn: () => Promise<void>) => fn(),
  } as unknown as Client;
}

/** What is signalled while one more is through each time so many milliseconds are over, and when. */
async function signalsOf(total: number, everyMs: number, report = true): Promise<[number, number][]> {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const signals: [number, number][] = [];
  const client = clientThat(({ done }) => void signals.push([Date.now(), done]));
  const env = new MockActivityEnvironment({}, { logger: quiet, client });
  await env.run(async () => {
    const progress = startProgressReport({ phase: 'collect', total, report });
    for (let done = 0; done < total; done++) {
      await vi.advanceTimersByTimeAsync(everyMs);
      progress.step();
    }
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    await progress.end();
  });
  return signals;
}

test.each([
  ['ten a second', 3_000, 100],
  ['one a second', 300, SECOND],
  ['one in 7 s', 40, 7 * SECOND],
  ['one in 29 s', 10, 29 * SECOND],
  ['one in a minute', 10, 60 * SECOND],
])(
  '%s: the first signal comes after 5 s at least, others half a minute later each, and the last tells all',
  async (_, total, everyMs) => {
    const signals = await signalsOf(total, everyMs);
    const gaps = signals.map(([at], index) => at - (signals[index - 1]?.[0] ?? -25 * SECOND));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30 * SECOND);
    expect(signals.at(-1)?.[1]).toBe(total);
  },
);

test('what is done within 5 s is told once they are over', async () => {
  expect(await signalsOf(3, SECOND)).toEqual([[5 * SECOND, 3]]);
});

test('nobody is signalled who did not ask for it', async () => {
  expect(await signalsOf(100, SECOND, false)).toEqual([]);
});

test('attempts that fail one soon after another signal no more often than one attempt does', async () => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const signals: [number, number | undefined][] = [];
  const client = clientThat(({ retries }) => void signals.push([Date.now(), retries]));
  let memory: { retries?: number; signalledAt?: number } = {};
  for (const at of [0, 2, 6, 14, 30, 62, 94, 96]) {
    vi.setSystemTime(at * SECOND);
    const env = new MockActivityEnvironment({}, { logger: quiet, client });
    env.on('heartbeat', (details) => (memory = details as typeof memory));
    await env.run(async () => {
      const { retries = 0, signalledAt } = memory;
      const progress = startProgressReport({ phase: 'collect', total: 1, report: true, retries, signalledAt });
      progress.failed({ type: 'Error', message: 'busy' });
      memory = progress.details();
      await progress.end();
    });
  }
  expect(signals.map(([at]) => at / SECOND)).toEqual([0, 30, 62, 94]);
  expect(signals.map(([, retries]) => retries)).toEqual([1, 5, 6, 7]);
});

test('so do attempts at fetching outputs: each knows when one before signalled last', async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 1 });
  api.addFaults([['always', faults.status(503)]]);
  const [begunAt, signals] = [Date.now(), [] as number[]];
  const client = clientThat(() => void signals.push(Date.now() - begunAt));
  const request = { jobId: job.id, files, which: 'final', to, report: true } as const;
  let heartbeatDetails: unknown;
  for (const [index, at] of [0, 10, 29, 30, 50].entries()) {
    vi.setSystemTime(begunAt + at * SECOND);
    const info = { startToCloseTimeoutMs: 60_000, attempt: index + 1, heartbeatDetails };
    const env = new MockActivityEnvironment(info, { logger: quiet, client });
    Object.assign(env.context, { sleep: () => Promise.resolve() });
    env.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    const collecting = perform(activities, 'unstructured.collectJobOutputs', request, info, env);
    await failure('UnstructuredTransferError', collecting);
  }
  expect(signals).toEqual([0, 30 * SECOND]);
});

test('while a credential is refused, it is told until when that is tolerated, and no longer once an output is saved', async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 2 });
  let isRefused = true;
  api.addFaults([[{ operation: 'downloadJobOutput', from: 2, test: () => isRefused }, faults.status(401)]]);
  const begunAt = Date.now();
  const told: (string | null | undefined)[] = [];
  const client = clientThat(({ credentialsEndAt }) => void told.push(credentialsEndAt));
  const request = { jobId: job.id, files, which: 'final', to, report: true, parallel: 1 } as const;
  let heartbeatDetails: unknown;
  const attempt = async (number: number) => {
    const info = { startToCloseTimeoutMs: 60_000, attempt: number, heartbeatDetails };
    const env = new MockActivityEnvironment(info, { logger: quiet, client });
    Object.assign(env.context, { sleep: () => Promise.resolve() });
    env.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    return perform(
      activities,
      'unstructured.collectJobOutputs',
      { ...request, credentialBudgetMs: 600 * SECOND },
      info,
      env,
    );
  };
  await failure('UnstructuredTransferError', attempt(1));
  expect(told).toHaveLength(1);
  const leftMs = Date.parse(told[0]!) - begunAt;
  expect(leftMs).toBeGreaterThan(590 * SECOND);
  expect(leftMs).toBeLessThanOrEqual(600 * SECOND);
  isRefused = false;
  expect((await attempt(2)).saved).toHaveLength(2);
  expect(heartbeatDetails).not.toHaveProperty('credentialsEndAt');
});
