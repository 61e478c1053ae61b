/** The pure parts of the measurements say what they claim to. */
import { describe, expect, it } from 'vitest';
import { countActions } from '../../bench/history/actions';
import { costPerCheck } from '../../bench/history/cost';
import { defaultHour, fixedHour } from '../../bench/history/hours';
import { isFull, isReached, line, summary } from '../../bench/report';
import { defaultSchedule, exponential, fixed } from '../../bench/schedule/simulated';
import { isWithin, longestLagMs } from '../../bench/schedule/validated';
import { logNormal, seeded } from '../../bench/support/random';
import { mean, median, quantile } from '../../bench/support/statistics';

const SECOND = 1_000;

describe('the schedules', () => {
  it('check first at once and see the end at the first check after it', () => {
    expect(fixed(10 * SECOND)(25 * SECOND)).toEqual({ runMs: 25 * SECOND, checks: 4, lagMs: 5 * SECOND });
    expect(exponential(SECOND, 2, 3 * SECOND)(7 * SECOND)).toEqual({ runMs: 7 * SECOND, checks: 5, lagMs: 2 * SECOND });
  });

  it('agree where the default schedule is a loop of its minimum gap', () => {
    const ours = defaultSchedule(() => 0);
    for (const runMs of [1, 9_999, 10_000, 10_001, 95_000]) expect(ours(runMs)).toEqual(fixed(10 * SECOND)(runMs));
  });

  it('see fewer checks for a long job by default than by a fixed gap of 10 s', () => {
    expect(defaultSchedule(() => 0.5)(1_800 * SECOND).checks).toBeLessThan(
      fixed(10 * SECOND)(1_800 * SECOND).checks / 3,
    );
  });
});

describe('a sampled wait', () => {
  const runMs = 300 * SECOND;
  const good = { runMs, checks: 23, lagMs: 5 * SECOND, fewest: 22, most: 24, longestLagMs: longestLagMs(runMs) };

  it('is as simulated where checks and lag are', () => {
    expect(isWithin(good)).toBe(true);
    expect(isWithin({ ...good, checks: 21 })).toBe(false);
    expect(isWithin({ ...good, checks: 25 })).toBe(false);
  });

  it('never sees the end before it is there, nor later than the last gap with all its jitter and a slow check', () => {
    expect(good.longestLagMs).toBe(33 * SECOND + SECOND);
    expect(longestLagMs(SECOND)).toBe(11 * SECOND + SECOND);
    expect(isWithin({ ...good, lagMs: -1 })).toBe(false);
    expect(isWithin({ ...good, lagMs: good.longestLagMs })).toBe(true);
    expect(isWithin({ ...good, lagMs: good.longestLagMs + 1 })).toBe(false);
  });
});

describe('the run times', () => {
  it('are the same for the same seed and have the median asked for', () => {
    const draw = (seed: number) => {
      const random = seeded(seed);
      return Array.from({ length: 2_000 }, () => logNormal(60, 0.8, random));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(median(draw(1))).toBeGreaterThan(55);
    expect(median(draw(1))).toBeLessThan(65);
    const deviations = draw(1).map((value) => Math.log(value / 60) ** 2);
    expect(Math.sqrt(mean(deviations))).toBeCloseTo(0.8, 1);
  });
});

describe('the figures', () => {
  it('take quantiles by the nearest rank', () => {
    expect([0.5, 0.95, 1].map((at) => quantile([4, 1, 3, 2], at))).toEqual([2, 4, 4]);
  });

  it('count a start, a timer, each attempt of an activity and a signal as billed actions', () => {
    const events = [
      { workflowExecutionStartedEventAttributes: {} },
      { workflowTaskScheduledEventAttributes: {} },
      { timerStartedEventAttributes: {} },
      { timerFiredEventAttributes: {} },
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
      { workflowExecutionSignaledEventAttributes: {} },
    ];
    expect(countActions(events)).toBe(6);
  });

  it('leave the fixed costs out of the cost of a check', () => {
    const few = { bytes: 1_100, payloadBytes: 110, events: 21, actions: 7 };
    const many = { bytes: 2_100, payloadBytes: 210, events: 121, actions: 27 };
    expect(costPerCheck(few, many, 10)).toEqual({ bytes: 100, payloadBytes: 10, events: 10, actions: 2 });
  });

  it('hold as many checks in an hour as the gap allows', () => {
    expect(fixedHour(10 * SECOND).checks).toBe(360);
    expect(fixedHour(10 * SECOND).lagS).toBeCloseTo(5, 1);
    expect(defaultHour('IN_PROGRESS', 3).checks).toBe(57); // 63 s with the jitter at its mean
    expect(defaultHour('SCHEDULED', 3).checks).toBe(11); // 315 s
  });

  it('reach a goal at its bound and not beyond', () => {
    expect(isReached({ what: '', value: 1.08, atMost: 1.08 })).toBe(true);
    expect(isReached({ what: '', value: 1.081, atMost: 1.08 })).toBe(false);
    expect(isReached({ what: '', value: 0.9, atLeast: 0.9 })).toBe(true);
    expect(isReached({ what: '', value: 0.89, atLeast: 0.9 })).toBe(false);
    expect(isReached({ what: '', value: NaN, atLeast: 0.9 })).toBe(false);
  });

  it('reach no goal with less than it is set for', () => {
    const reached = { what: 'ratio', value: 2, atLeast: 1 };
    const reduced = { ...reached, isReduced: true };
    expect(isReached(reduced)).toBe(false);
    expect(line(reached)).toBe('ratio: 2, to reach ≥ 1: reached');
    expect(line(reduced)).toBe('ratio: 2, to reach ≥ 1: not comparable');
    expect(line({ ...reached, value: 0.5 })).toBe('ratio: 0.500, to reach ≥ 1: NOT reached');
    expect(summary([reached, reduced], [])).toBe('1 of 2 goals reached; 1 not comparable');
  });

  it('are full where all was measured', () => {
    const goals = [{ what: '', value: 2, atMost: 1 }];
    expect(isFull({ goals })).toBe(true);
    expect(isFull({ goals, isReduced: true })).toBe(false);
    expect(isFull({ goals: [...goals, { ...goals[0]!, isReduced: true }] })).toBe(false);
  });

  it('tell which benches gave none', () => {
    const goals = [{ what: '', value: 2, atMost: 1 }];
    expect(summary(goals, [])).toBe('0 of 1 goals reached');
    expect(summary(goals, ['load', 'calls'])).toBe('0 of 1 goals reached; not measured: load, calls');
  });
});
