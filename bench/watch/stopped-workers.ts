import { setTimeout as sleep } from 'node:timers/promises';
import { WATCH_JOB } from '../../src/core/names';
import { mean } from '../support/statistics';
import { lagsOf } from './lag';
import type { Side, Started } from './sides';

/** The first job ends so long after the first start: by then all are watched. */
const FIRST_END_MS = 30_000;
/** A worker goes so long before that. */
const BEFORE_MS = 2_000;
const ENDS_PER_SECOND = 5;

export const FIRST = 'first worker';
export const SECOND = 'second worker';

/** What one of two workers left behind, and how late the waits ended whose jobs it watched. */
export interface LeftWaits {
  waits: number;
  lagMeanMs: number;
  lagMaxMs: number;
}

/**
 * Has the first of two workers go just before the jobs end that both watch.
 * @throws Error where a wait did not end as it should, or the worker that goes watches none
 */
export async function measureLeft(side: Side, waits: number, go: (side: Side) => Promise<void>): Promise<LeftWaits> {
  const plans = Array.from({ length: waits }, (_, index): [string, number][] => [
    ['IN_PROGRESS', FIRST_END_MS + (1_000 * index) / ENDS_PER_SECOND],
  ]);
  const started = await side.startWaits(plans.map((statuses) => ({ statuses })));
  await sleep(Math.max(0, started[0]!.job.endsAt - BEFORE_MS - Date.now()));
  const watchers = await Promise.all(started.map(watcherOf));
  const others = watchers.filter((watcher) => watcher !== FIRST && watcher !== SECOND);
  if (others.length > 0) throw new Error(`${others.length} of ${waits} jobs are not watched.`);
  const gone = go(side);
  const lags = (await lagsOf(side, started)).filter((_, index) => watchers[index] === FIRST);
  await gone;
  if (lags.length === 0) throw new Error('The worker that went watched no job.');
  return { waits: lags.length, lagMeanMs: mean(lags), lagMaxMs: Math.max(...lags) };
}

/** The identity of the worker that watches the job of a wait. */
async function watcherOf({ handle }: Started): Promise<string | null | undefined> {
  const { raw } = await handle.describe();
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === WATCH_JOB)?.lastWorkerIdentity;
}
