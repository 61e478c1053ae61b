// Watches that are handed back while Temporal does not answer: none of them keeps others from being tried.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WatchedJobs } from '../../../activities/watch/watched-jobs';
import { type Said, stubClient } from './support';

const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const idOf = (n: number) => String(n).padStart(5, '0');

/** A worker that watches jobs, and a Temporal server that never answers about some of them. */
function watching(count: number, isSilent: (n: number) => boolean) {
  const { client, said } = stubClient(({ token }) =>
    isSilent(Number(token)) ? new Promise(() => undefined) : Promise.resolve(),
  );
  const noApi = () => {
    throw new Error('nobody asks the API');
  };
  const jobs = new WatchedJobs(noApi, { tickMs: HOUR_MS, random: () => 0 });
  for (let n = 0; n < count; n++) {
    const request = { status: 'IN_PROGRESS', forMs: 24 * HOUR_MS, gapMs: 10_000, held: {}, maxResultBytes: 100_000 };
    const token = { client, taskToken: Buffer.from(idOf(n)), leaseMs: 600_000, scheduledAt: 0, closeMs: Infinity };
    jobs.add({ ...request, jobId: idOf(n), files: 'all' }, token, 24 * HOUR_MS);
  }
  const stop = async () => {
    const before = said.length;
    const stopped = jobs.handBack(client);
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    return said.slice(before);
  };
  return { stop, said };
}

const tokensOf = (said: Said[]) => new Set(said.map(({ token }) => Number(token)));

test('those that Temporal would take are handed back, though it is silent about the first hundred', async () => {
  const { stop } = watching(300, (n) => n < 100);
  expect(tokensOf(await stop())).toEqual(new Set(Array.from({ length: 300 }, (_, n) => n)));
});

test('while Temporal is silent, a stop begins some calls at a time, and a second one goes on with the others', async () => {
  const { stop } = watching(1_000, () => true);
  const first = tokensOf(await stop());
  expect(first.size).toBeGreaterThan(400);
  expect(first.size).toBeLessThanOrEqual(500);
  const second = tokensOf(await stop());
  expect(new Set([...first, ...second]).size).toBe(1_000);
});
