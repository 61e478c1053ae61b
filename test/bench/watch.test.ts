/** What the bench of the watch counts, and how. */
import { describe, expect, it, test } from 'vitest';
import { costOf, isWithin, rangeOf, stepsBySchedule, stepsWatched } from '../../bench/watch/actions';
import type { JobPlan } from '../../bench/watch/api-program';
import { figures, spreadJobs } from '../../bench/watch/lag';
import { growth } from '../../bench/watch/queued';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const running = (ms: number): JobPlan => ({ statuses: [['IN_PROGRESS', ms]] });
const byChance = (random: number) => ({ tickMs: 10 * SECOND, noticedMs: 5 * SECOND, random });

describe('a wait that is watched', () => {
  it('is a check, and a watch for each status and each piece of time', () => {
    const queued: JobPlan = { statuses: [['SCHEDULED', MINUTE], ['IN_PROGRESS', 4 * MINUTE]] }; // prettier-ignore
    expect(stepsWatched(running(30 * SECOND), byChance(1))).toEqual({ checks: 1, watches: 1, heartbeats: 0 });
    expect(stepsWatched(running(5 * MINUTE), byChance(1))).toMatchObject({ checks: 1, watches: 2 });
    expect(stepsWatched(queued, byChance(1))).toMatchObject({ checks: 1, watches: 3 });
    expect(stepsWatched(running(24 * 60 * MINUTE), byChance(1))).toMatchObject({ checks: 1, watches: 4 });
  });

  it('renews its lease while it lasts, by chance a little more often', () => {
    expect(stepsWatched(running(45 * SECOND), byChance(1)).heartbeats).toBe(1); // at 48 s, and the end is noticed at 50
    expect(stepsWatched(running(45 * SECOND), byChance(0)).heartbeats).toBe(0); // at 54 s
    expect(stepsWatched(running(5 * MINUTE), byChance(1)).heartbeats).toBe(4);
    expect(stepsWatched(running(9 * MINUTE), byChance(0)).heartbeats).toBe(4 + 2); // each 54 s, then each 114 s
  });

  it('costs 6 events and an action for each of these, and an action for each renewal', () => {
    const before = costOf({ checks: 1, watches: 1, heartbeats: 0 });
    expect(before).toEqual({ actions: 4, events: 23 }); // the start, a check, a watch, and the question which documents failed
    expect(costOf({ checks: 1, watches: 2, heartbeats: 3 })).toEqual({ actions: 8, events: 29 });
  });
});

test('a wait by the schedule costs 11 events and 2 actions for each further check', () => {
  const steps = stepsBySchedule(running(60 * SECOND), 0);
  expect(steps).toEqual({ checks: 7, watches: 0, heartbeats: 0 });
  expect(costOf(steps)).toEqual({ actions: 3 + 2 * 6, events: 17 + 11 * 6 });
});

test('what was measured is as computed between the least and the most that chance allows', () => {
  const range = rangeOf([
    { actions: 8, events: 40 },
    { actions: 10, events: 35 },
  ]);
  expect(range).toEqual({ least: { actions: 8, events: 35 }, most: { actions: 10, events: 40 } });
  expect(isWithin({ actions: 8, events: 40 }, range)).toBe(true);
  expect(isWithin({ actions: 11, events: 36 }, range)).toBe(false);
  expect(isWithin({ actions: 7, events: 36 }, range)).toBe(false);
  expect(isWithin({ actions: 9, events: 41 }, range)).toBe(false);
});

test('the jobs end one after the other, at the same rate whatever their number, half of them queued', () => {
  const jobs = spreadJobs(1_000).map(({ statuses }) => statuses[0]!);
  expect(spreadJobs(10)).toEqual(spreadJobs(1_000).slice(0, 10));
  expect([jobs[0], jobs[1], jobs[999]]).toEqual([
    ['IN_PROGRESS', 20_000],
    ['SCHEDULED', 20_100],
    ['SCHEDULED', 119_900],
  ]);
});

describe('the figures of a side', () => {
  it('are means per wait, and lists in the time of a tick', () => {
    const asked = { gets: 9, lists: [10_000, 10_000, 12_000, 12_000, 14_000, 14_000] };
    expect(figures([1_000, 2_000, 6_000], { ...asked, cpuMs: 60, tickMs: 2_000 })).toEqual({
      waits: 3,
      lagMeanMs: 3_000,
      lagP95Ms: 6_000,
      listsPerTick: 2,
      getsPerWait: 3,
      cpuMsPerWait: 20,
    });
  });

  it('hold no lists where none was asked for', () => {
    expect(figures([1], { gets: 1, lists: [], cpuMs: 1, tickMs: 2_000 }).listsPerTick).toBe(0);
  });
});

test('rounds that take longer and longer are seen by the last third of them', () => {
  const rounds = (...seconds: number[]) => seconds.map((ms) => ({ ms }));
  expect(growth(rounds(10, 10, 50, 10, 10, 10))).toBe(1);
  expect(growth(rounds(10, 10, 12, 12, 15, 15))).toBe(1.5);
});
