import { setTimeout as sleep } from 'node:timers/promises';
import { expectResult } from '../support/patterns';
import { mean, quantile } from '../support/statistics';
import type { Asked, JobPlan } from './api-program';
import type { Side, Started } from './sides';

/** The first job ends so long after the first start: by then all waits are under way. */
const FIRST_END_MS = 20_000;
const ENDS_PER_SECOND = 10;

export const WARM_UP_WAITS = 20;
const POLL_MS = 500;

/** What a side made of its waits. */
export interface Figures {
  waits: number;
  /** From the end of a job to that of its wait, in milliseconds. */
  lagMeanMs: number;
  lagP95Ms: number;
  /** Lists in the time of a tick; 0 where none was asked for. */
  listsPerTick: number;
  getsPerWait: number;
  cpuMsPerWait: number;
}

/** Jobs that end one after the other. Half of them are seen queued until they end, so that there are two lists to ask for. */
export function spreadJobs(waits: number): JobPlan[] {
  return Array.from({ length: waits }, (_, index) => ({
    statuses: [[index % 2 === 0 ? 'IN_PROGRESS' : 'SCHEDULED', FIRST_END_MS + (1_000 * index) / ENDS_PER_SECOND]],
  }));
}

/** What the last of these jobs ends after, in milliseconds. */
export function lastEndMs(waits: number): number {
  return spreadJobs(waits).at(-1)!.statuses[0]![1];
}

/** Has a side do all that it will be measured for. */
export async function warmUp(side: Side): Promise<void> {
  const started = await side.startWaits(Array(WARM_UP_WAITS).fill({ statuses: [['IN_PROGRESS', 3_000]] }));
  await lagsOf(side, started);
}

export async function measureLag(side: Side, waits: number, tickMs: number): Promise<Figures> {
  const [asked, status] = [await side.asked(), await side.status()];
  const started = await side.startWaits(spreadJobs(waits));
  await sleep(Math.max(0, started.at(-1)!.job.endsAt - Date.now()));
  const lags = await lagsOf(side, started);
  const cpuMs = (await side.status()).cpuMs - status.cpuMs;
  return figures(lags, { ...since(asked, await side.asked()), cpuMs, tickMs });
}

/** What it took to have waits end with these lags. */
export function figures(
  lags: readonly number[],
  { gets, lists, cpuMs, tickMs }: Asked & { cpuMs: number; tickMs: number },
): Figures {
  const rounds = (Math.max(...lists) - Math.min(...lists)) / tickMs + 1;
  return {
    waits: lags.length,
    lagMeanMs: mean(lags),
    lagP95Ms: quantile(lags, 0.95),
    listsPerTick: lists.length === 0 ? 0 : lists.length / rounds,
    getsPerWait: gets / lags.length,
    cpuMsPerWait: cpuMs / lags.length,
  };
}

function since(before: Asked, after: Asked): Asked {
  return { gets: after.gets - before.gets, lists: after.lists.slice(before.lists.length) };
}

/**
 * Waits for the ends, by one question at a time, and takes their times from Temporal.
 * @throws Error where a wait did not end as it should, or began when its job was over: then it is no measurement
 */
export async function lagsOf(side: Side, started: readonly Started[]): Promise<number[]> {
  const lags: number[] = [];
  for (const { handle, job } of started) {
    let told = await handle.describe();
    for (; told.status.name === 'RUNNING'; told = await handle.describe()) await sleep(POLL_MS);
    await expectResult(side.pattern, handle);
    if (told.startTime.getTime() >= job.endsAt) throw new Error('A wait began after the end of its job.');
    lags.push(told.closeTime!.getTime() - job.endsAt);
  }
  return lags;
}
