import { expect, it } from 'vitest';
import { ListPolicy } from '../../../activities/watch/list-policy';

const MINUTE = 60_000;

it('takes single calls for up to three jobs, and the list for more', () => {
  const use = new ListPolicy();
  expect([1, 3, 4, 1_000].map((jobs) => use.isUsed(jobs, 20, 0))).toEqual([false, false, true, true]);
});

it('takes the list while it takes less time than the single calls that it spares, and measures it anew after a minute', () => {
  const use = new ListPolicy();
  expect(use.isUsed(10, 20, 0)).toBe(true);
  use.took(150);
  expect(use.isUsed(10, 20, 0)).toBe(true);
  expect(use.isUsed(7, 20, 0)).toBe(false);
  expect(use.isUsed(1_000, 20, MINUTE - 1)).toBe(false);
  expect(use.isUsed(7, 20, MINUTE)).toBe(true);
  use.took(150);
  expect(use.isUsed(10, undefined, MINUTE)).toBe(true); // no single call was made yet
});

it('asks for a list that failed again, and leaves it alone for a minute once that happened three times in a row', () => {
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
  expect(isUsed(MINUTE + 1_001)).toBe(false);
});

it('leaves a list alone for ten minutes that more than a tenth of the jobs contradict, two rounds in a row', () => {
  const use = new ListPolicy();
  const isUsed = () => use.isUsed(100, 20, 0);
  use.compared({ all: 11, ofListed: 0 }, 100, 0);
  expect(isUsed()).toBe(true);
  use.compared({ all: 10, ofListed: 0 }, 100, 0); // not in a row
  use.compared({ all: 11, ofListed: 0 }, 100, 0);
  expect(isUsed()).toBe(true);
  use.compared({ all: 11, ofListed: 0 }, 100, 0);
  expect(isUsed()).toBe(false);
  expect(use.isUsed(100, 20, 10 * MINUTE - 1)).toBe(false);
  expect(use.isUsed(100, 20, 10 * MINUTE)).toBe(true);
  use.compared({ all: 11, ofListed: 0 }, 100, 10 * MINUTE);
  expect(use.isUsed(100, 20, 10 * MINUTE)).toBe(true); // it has a new chance
});

it('does so for a list that has one job that is no more so, two rounds in a row', () => {
  const use = new ListPolicy();
  for (let round = 0; round < 2; round++) use.compared({ all: 1, ofListed: 1 }, 1_000, 0);
  expect(use.isUsed(1_000, 20, 0)).toBe(false);
});
