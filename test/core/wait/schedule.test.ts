import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GapInput, gapMs } from '../../../src/core/wait/schedule';
import { HOUR, MINUTE, optionsWith, SECOND } from '../fixtures';

const options = optionsWith();
const running: GapInput = {
  phase: 'running',
  elapsedMs: 0,
  safetyGapMs: null,
  soon: false,
  retryAfterMs: null,
  random: 0,
};
const gap = (input: Partial<GapInput>) => gapMs({ ...running, ...input }, options);

it.each([
  [0, 10],
  [100, 10],
  [101, 10.1],
  [300, 30],
  [600, 60],
  [86_400, 60],
])('after %i s of running looks again in %f s', (elapsed, seconds) => {
  expect(gap({ elapsedMs: elapsed * SECOND })).toBe(seconds * SECOND);
});

it.each([
  [0, 10],
  [100, 10],
  [600, 60],
  [2_000, 200],
  [3_000, 300],
  [86_400, 300],
])('after %i s in the queue looks again in %f s', (elapsed, seconds) => {
  expect(gap({ phase: 'queued', elapsedMs: elapsed * SECOND })).toBe(seconds * SECOND);
});

it('lengthens a gap at random by up to a tenth', () => {
  expect(gap({ elapsedMs: 5 * MINUTE, random: 0.5 })).toBe(31_500);
  expect(gap({ elapsedMs: 5 * MINUTE, random: 1 })).toBe(33_000);
});

it('lengthens a gap at either bound as well', () => {
  expect(gap({ elapsedMs: 0, random: 0.5 })).toBe(10_500);
  expect(gap({ elapsedMs: HOUR, random: 1 })).toBe(66 * SECOND);
  expect(gap({ phase: 'queued', elapsedMs: HOUR, random: 1 })).toBe(330 * SECOND);
});

it('is a whole number of milliseconds', () => {
  expect(gap({ elapsedMs: 123_456, random: 0.123 })).toBe(12_497);
  expect(gap({ safetyGapMs: 12_345, random: 0.123 })).toBe(12_497);
});

describe('a safety gap', () => {
  it('stands for the whole schedule, in both phases', () => {
    for (const phase of ['queued', 'running'] as const) {
      expect(gap({ phase, elapsedMs: HOUR, safetyGapMs: HOUR })).toBe(HOUR);
      expect(gap({ phase, elapsedMs: HOUR, safetyGapMs: SECOND })).toBe(SECOND);
    }
  });

  it('is lengthened at random too', () => {
    expect(gap({ safetyGapMs: HOUR, random: 1 })).toBe(66 * MINUTE);
  });
});

it('after a hinted check is the minimum, whatever the schedule or the safety gap say', () => {
  expect(gap({ soon: true, elapsedMs: HOUR, random: 1 })).toBe(10 * SECOND);
  expect(gap({ soon: true, safetyGapMs: HOUR })).toBe(10 * SECOND);
  expect(gap({ soon: true, safetyGapMs: 2 * SECOND })).toBe(2 * SECOND);
});

it('is stretched by nothing where the service asks for nothing', () => {
  expect(gapMs({ ...running, soon: true }, optionsWith({ minimumGap: 100 }))).toBe(100);
});

describe("a server's hint", () => {
  it('stretches a gap', () => {
    expect(gap({ retryAfterMs: 90 * SECOND })).toBe(90 * SECOND);
    expect(gap({ retryAfterMs: 90 * SECOND, soon: true })).toBe(90 * SECOND);
    expect(gap({ retryAfterMs: 90 * SECOND, safetyGapMs: MINUTE })).toBe(90 * SECOND);
  });

  it('never shortens one', () => {
    expect(gap({ retryAfterMs: 0 })).toBe(10 * SECOND);
    expect(gap({ retryAfterMs: 30 * SECOND, elapsedMs: HOUR })).toBe(MINUTE);
  });

  it('is bounded to five minutes', () => {
    expect(gap({ retryAfterMs: 2 ** 40 })).toBe(5 * MINUTE);
  });

  it('is lengthened at random, so that waits which got it together are not in step', () => {
    const chances = Array.from({ length: 30 }, (_, i) => i / 30);
    for (const more of [{}, { soon: true }, { safetyGapMs: MINUTE }]) {
      const gaps = chances.map((random) => gap({ ...more, retryAfterMs: 120 * SECOND, random }));
      expect(new Set(gaps).size).toBe(30);
      expect(Math.min(...gaps)).toBe(120 * SECOND);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(132 * SECOND);
    }
    expect(gap({ retryAfterMs: 2 ** 40, random: 1 })).toBe(330 * SECOND);
  });

  it('is as it came without jitter', () => {
    const exact = optionsWith({ gapJitter: 0 });
    expect(gapMs({ ...running, retryAfterMs: 90 * SECOND, random: 1 }, exact)).toBe(90 * SECOND);
  });
});

it('is never below the minimum, and never above the lengthened maximum but for a bounded hint', () => {
  const anyOptions = fc
    .record({ minimumGap: fc.integer({ min: 1_000, max: HOUR }), more: fc.nat(HOUR), queuedMore: fc.nat(HOUR) })
    .chain(({ minimumGap, more, queuedMore }) =>
      fc.record({
        minimumGap: fc.constant(minimumGap),
        maximumGap: fc.constant(minimumGap + more),
        queuedMaximumGap: fc.constant(minimumGap + queuedMore),
        gapFraction: fc.double({ min: 0.001, max: 1, noNaN: true }),
        gapJitter: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
  const anyInput = fc.record<GapInput>({
    phase: fc.constantFrom('queued', 'running'),
    elapsedMs: fc.nat(100 * 24 * HOUR),
    safetyGapMs: fc.constant(null),
    soon: fc.boolean(),
    retryAfterMs: fc.option(fc.double({ min: 0, noNaN: true })),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(anyInput, anyOptions, (input, some) => {
      const ms = gapMs(input, some);
      const bound = input.phase === 'queued' ? some.queuedMaximumGap : some.maximumGap;
      const longest = (ms: number) => Math.round(ms * (1 + some.gapJitter * input.random));
      const minimum = input.soon ? some.minimumGap : longest(some.minimumGap);
      expect(ms).toBeGreaterThanOrEqual(minimum);
      expect(ms).toBeLessThanOrEqual(longest(input.retryAfterMs === null ? bound : Math.max(bound, 5 * MINUTE)));
    }),
  );
});
