import { setTimeout as sleep } from 'node:timers/promises';
import type { Pattern } from '../support/patterns';
import { Side, type Place } from './side';
import type { WorkerProcess } from './worker-process';

const HOUR_MS = 3_600_000;
const WARM_UP_WAITS = 50;
const CALM_MS = 2_000;
const CALM_ROUNDS = 10;

/** No check sees the job finished. A number that JSON can tell, which makes null of Infinity. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** Resident memory that a wait adds to a worker at rest, in bytes: all of them asleep after their first check. */
export async function memoryPerWait(pattern: Pattern, place: Place, waits: number): Promise<number> {
  await using side = await Side.start(pattern, place, NEVER, waits + WARM_UP_WAITS);
  await startSleepers(side, WARM_UP_WAITS);
  const before = await calmRss(side.worker);
  await startSleepers(side, waits);
  return ((await calmRss(side.worker)) - before) / waits;
}

/**
 * Starts waits and sees each of them sleep.
 * @throws Error where one ended: then there is nothing to be measured
 */
export async function startSleepers(side: Side, waits: number): Promise<void> {
  for (const handle of await side.startWaits(waits, HOUR_MS)) await side.untilAsleep(handle);
}

/** Resident memory once it has stopped to change by more than a hundredth. */
async function calmRss(worker: WorkerProcess): Promise<number> {
  let { rss } = await worker.status();
  for (let round = 0; round < CALM_ROUNDS; round++) {
    await sleep(CALM_MS);
    const before = rss;
    rss = (await worker.status()).rss;
    if (Math.abs(rss - before) < before / 100) break;
  }
  return rss;
}
