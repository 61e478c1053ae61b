import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryDelayMs } from '../../src/core/retry-timing';

it.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [4, 8_000],
  [5, 10_000],
  [1_100, 10_000],
])('waits after attempt %i for %i ms, twice as long each time up to a bound', (attempt, ms) => {
  expect(retryDelayMs(attempt, undefined, 0)).toBe(ms);
});

it('adds up to half of the delay at random', () => {
  expect(retryDelayMs(2, undefined, 0.5)).toBe(2_500);
  expect(retryDelayMs(5, undefined, 1)).toBe(15_000);
});

it.each([
  [0, 1_000],
  [7_000, 7_000],
  [1_234.6, 1_235],
  [3_600_000, 300_000],
])("prefers the service's hint of %f ms, bounded to %i ms", (hint, ms) => {
  expect(retryDelayMs(1, hint, 0)).toBe(ms);
});

it('adds up to a tenth of a hint at random, so that those who got it together are not back together', () => {
  expect([0.5, 1].map((random) => retryDelayMs(1, 20_000, random))).toEqual([21_000, 22_000]);
  expect(retryDelayMs(1, 3_600_000, 1)).toBe(330_000);
});

it('is a whole number of at least a second, since 0 would end the retries', () => {
  const hints = fc.option(fc.double({ noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.integer({ min: 1 }), hints, fc.double({ min: 0, max: 1, noNaN: true }), (attempt, hint, random) => {
      const ms = retryDelayMs(attempt, hint, random);
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(1_000);
    }),
  );
});
