import { setTimeout as sleep } from 'node:timers/promises';
import type { Pattern } from '../support/patterns';
import { Side, type Place } from './side';
import type { WorkerProcess } from './worker-process';

const HOUR_MS = 3_600_000;
const WARM_UP_WAITS = 50;
const CALM_MS = 2_000;
const CALM_ROUNDS = 10;

/** Resident memory that a wait adds to a worker at rest, in bytes: all of them asleep after their first check. */
export async function memoryPerWait(pattern: Pattern, place: Place, waits: number): Promise<number> {
  await using side = await Side.start(pattern, place, Infinity, waits + WARM_UP_WAITS);
  await side.startWaits(WARM_UP_WAITS, HOUR_MS);
  await side.untilChecks(WARM_UP_WAITS);
  const before = await calmRss(side.worker);
  await side.startWaits(waits, HOUR_MS);
  await side.untilChecks(WARM_UP_WAITS + waits);
  return ((await calmRss(side.worker)) - before) / waits;
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
