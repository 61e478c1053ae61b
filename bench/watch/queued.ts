import { setTimeout as sleep } from 'node:timers/promises';
import { WATCH_JOB } from '../../src/core/names';
import { mean } from '../support/statistics';
import type { Side, Started } from './sides';

const DAY_MS = 86_400_000;
const POLL_MS = 500;
const ROUNDS = 12;
const SAMPLE = 50;

/** What a process did between the list of one round and that of the next. */
export interface RoundSeen {
  ms: number;
  /** All of the worker, renewals of leases included. */
  cpuMs: number;
  /** Resident memory at its end, in bytes. */
  rss: number;
}

export interface QueuedSeen {
  rounds: RoundSeen[];
  /** What the main thread holds after these rounds, by what it held before them. */
  heapGrowth: number;
}

/** Rounds of a process that watches so many queued jobs. @throws Error where it does not watch them */
export async function watchQueued(side: Side, waits: number): Promise<QueuedSeen> {
  const started = await side.startWaits(Array(waits).fill({ statuses: [['SCHEDULED', DAY_MS]] }));
  while ((await side.asked()).gets < waits) await sleep(POLL_MS);
  await nextList(side); // by then the last of them is watched
  const heapBefore = await side.heap();
  const rounds: RoundSeen[] = [];
  let before = { at: await nextList(side), ...(await side.status()) };
  while (rounds.length < ROUNDS) {
    const now = { at: await nextList(side), ...(await side.status()) };
    rounds.push({ ms: now.at - before.at, cpuMs: now.cpuMs - before.cpuMs, rss: now.rss });
    before = now;
  }
  const heapGrowth = (await side.heap()) / heapBefore;
  await expectWatched(started);
  return { rounds, heapGrowth };
}

/** When it was asked for, in milliseconds since the epoch. */
async function nextList(side: Side): Promise<number> {
  const { lists } = await side.asked();
  for (;;) {
    const after = (await side.asked()).lists;
    if (after.length > lists.length) return after.at(-1)!;
    await sleep(POLL_MS);
  }
}

async function expectWatched(started: readonly Started[]): Promise<void> {
  const every = Math.ceil(started.length / SAMPLE);
  for (const { handle } of started.filter((_, index) => index % every === 0)) {
    const { raw } = await handle.describe();
    const names = (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
    if (!names.includes(WATCH_JOB))
      throw new Error(`A wait is not watched; under way: ${names.join(', ') || 'nothing'}.`);
  }
}

/** How much longer the last rounds take than the first. */
export function growth(rounds: readonly Pick<RoundSeen, 'ms'>[]): number {
  const third = Math.ceil(rounds.length / 3);
  const meanOf = (some: readonly Pick<RoundSeen, 'ms'>[]) => mean(some.map(({ ms }) => ms));
  return meanOf(rounds.slice(-third)) / meanOf(rounds.slice(0, third));
}
