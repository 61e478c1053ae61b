import { expect, it } from 'vitest';
import { ListPolicy } from '../../../activities/watch/list-policy';

const MINUTE = 60_000;

it('takes single calls for up to three jobs, and the list for more', () => {
  const use = new ListPolicy();
  expect([1, 3, 4, 1_000].map((jobs) => use.isUsed(jobs, 20, 0))).toEqual([false, false, true, true]);
});

it('takes the list while it takes less time than the single calls that it spares', () => {
  const use = new ListPolicy();
  expect(use.isUsed(10, 20, 0)).toBe(true);
  use.took(150);
  expect(use.isUsed(10, undefined, 0)).toBe(true); // no single call was made yet
  expect(use.isUsed(10, 20, 0)).toBe(true);
  expect(use.isUsed(7, 20, 0)).toBe(false);
  expect(use.isUsed(8, 20, 1)).toBe(true); // the measure is kept
});

it('measures a list that does not pay again after one minute, two, four and so on, up to sixteen', () => {
  const use = new ListPolicy();
  const isUsed = (now: number, jobs = 7) => use.isUsed(jobs, 20, now);
  let now = 0;
  for (const minutes of [1, 2, 4, 8, 16, 16, 16]) {
    use.took(150);
    const end = now + minutes * MINUTE;
    expect([now, end - 1, end].map((at) => isUsed(at))).toEqual([false, false, true]);
    now = end;
  }
  use.took(150);
  expect(isUsed(now, 8)).toBe(true); // it pays: the next pause is short again
  expect([now, now + MINUTE - 1, now + MINUTE].map((at) => isUsed(at))).toEqual([false, false, true]);
});

it('asks for a list that failed again, and leaves it alone for a minute or more from the third time in a row on', () => {
  const use = new ListPolicy();
  const isUsed = (now: number) => use.isUsed(10, 20, now);
  for (const failures of [2, 2]) {
    for (let n = 0; n < failures; n++) use.failed(1_000);
    expect(isUsed(1_001)).toBe(true);
    use.took(1);
  }
  for (let n = 0; n < 3; n++) use.failed(1_000);
  expect([1_001, MINUTE + 999, MINUTE + 1_000].map(isUsed)).toEqual([false, false, true]);
  use.failed(MINUTE + 1_000);
  expect([MINUTE + 1_001, 3 * MINUTE + 999, 3 * MINUTE + 1_000].map(isUsed)).toEqual([false, false, true]);
  for (let n = 0; n < 9; n++) use.failed(0);
  expect([16 * MINUTE - 1, 16 * MINUTE].map(isUsed)).toEqual([false, true]); // the longest pause
});

it('leaves a list alone for ten minutes that lacks more than a tenth of the jobs, two rounds in a row', () => {
  const use = new ListPolicy();
  const isUsed = () => use.isUsed(100, 20, 0);
  const lacks = (missing: number, now = 0) => use.compared({ missing, outdated: 0 }, 100, now);
  lacks(11);
  expect(isUsed()).toBe(true);
  lacks(10); // not in a row
  lacks(11);
  expect(isUsed()).toBe(true);
  lacks(11);
  expect(isUsed()).toBe(false);
  expect(use.isUsed(100, 20, 10 * MINUTE - 1)).toBe(false);
  expect(use.isUsed(100, 20, 10 * MINUTE)).toBe(true);
  lacks(11, 10 * MINUTE);
  expect(use.isUsed(100, 20, 10 * MINUTE)).toBe(true); // it has a new chance
});

it('does so for a list that still has one job that an earlier round saw changed, two rounds in a row', () => {
  const use = new ListPolicy();
  for (let round = 0; round < 2; round++) use.compared({ missing: 0, outdated: 1 }, 1_000, 0);
  expect(use.isUsed(1_000, 20, 0)).toBe(false);
});

it('counts a changed job as outdated once, and only if the next list still has it', () => {
  const use = new ListPolicy();
  const list = new Set(['a', 'b', 'c']);
  expect(use.outdated(list)).toBe(0);
  for (const id of ['B', 'c', 'gone']) use.changed(id);
  expect([use.outdated(list), use.outdated(list)]).toEqual([2, 0]);
});
