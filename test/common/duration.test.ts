import { expect, it } from 'vitest';
import { durationToMs } from '../../src/common/duration';

it.each([
  [0, 0],
  [1_500, 1_500],
  ['90 minutes', 5_400_000],
  ['1.5h', 5_400_000],
  ['6 hours', 21_600_000],
  ['250', 250],
])('reads %j as %i ms', (value, ms) => {
  expect(durationToMs(value)).toBe(ms);
});

it.each([-1, NaN, Infinity, '-1 second', 'soon', '', `${' '.repeat(100)}1s`, null, undefined, {}, [5], true, 5n])(
  'takes %s for no duration',
  (value) => {
    expect(durationToMs(value)).toBeUndefined();
  },
);
