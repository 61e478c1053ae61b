import { describe, expect, it } from 'vitest';
import { observe } from '../../../src/core/wait/observe';
import { checking, hinted } from '../../../src/core/wait/next-check';
import { answer, HOUR, MINUTE, newWait, SECOND, START } from '../fixtures';
import { checkTimes, gaps, replies, simulate, timeline } from '../simulate';

const queued = answer('SCHEDULED');
const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');

/** A job that has run for an hour and is looked at once a minute. */
const longJob = timeline([2 * HOUR, running], [Infinity, completed]);

/** The checks from this time on, in milliseconds after it. */
const checksFrom = (at: number, run: Parameters<typeof checkTimes>[0]) =>
  checkTimes(run)
    .filter((time) => time >= at)
    .map((time) => time - at);

it('makes a sleeping wait check at once', () => {
  const run = simulate(longJob, { hints: [{ at: HOUR + 34_567 }] });
  expect(checkTimes(run)).toContain(HOUR + 34_567);
});

it('is followed by the minimum gap, then by the schedule', () => {
  const at = HOUR + 34_567;
  const run = simulate(longJob, { hints: [{ at }] });
  expect(checksFrom(at, run).slice(0, 4)).toEqual([0, 10, 70, 130].map((s) => s * SECOND));
});

it('finds a job that is done', () => {
  const job = timeline([HOUR + 5 * SECOND, running], [Infinity, completed]);
  expect(simulate(job, { hints: [{ at: HOUR + 6 * SECOND }] }).endedAt).toBe(HOUR + 6 * SECOND);
});

it('before the first check adds no check', () => {
  const run = simulate(replies(running, completed), { hints: [{ at: 0 }] });
  expect(checkTimes(run)).toEqual([0, 11 * SECOND]);
});

describe('during a check', () => {
  const slow = (check: number) => (check < 3 ? running : completed);

  it('causes exactly one more, at once', () => {
    const run = simulate((_, check) => ({ observation: slow(check), takesMs: 5 * SECOND }), {
      hints: [{ at: SECOND }, { at: 2 * SECOND }, { at: 5 * SECOND }],
    });
    expect(checkTimes(run)).toEqual([0, 5, 20, 35].map((s) => s * SECOND));
  });

  it('waits until a second after the begin of a check that was quick', () => {
    const run = simulate((_, check) => ({ observation: slow(check), takesMs: 100 }), { hints: [{ at: 50 }] });
    expect(checkTimes(run)).toEqual([0, 1_000, 11_100, 21_200]);
    expect(run.sleeps[0]).toEqual({ from: 100, until: 1_000, hintable: false });
  });

  it('that finds the job done causes none', () => {
    const run = simulate(() => ({ observation: completed, takesMs: 5 * SECOND }), { hints: [{ at: SECOND }] });
    expect(run.checks).toHaveLength(1);
  });
});

it('never makes checks follow each other faster than once a second', () => {
  const hints = Array.from({ length: 1_000 }, (_, i) => ({ at: HOUR + i * 20 }));
  const run = simulate(longJob, { hints });
  const times = checksFrom(HOUR, run).filter((at) => at < 20 * SECOND);
  expect(times.length).toBeGreaterThan(15);
  expect(Math.min(...gaps(run))).toBe(SECOND);
});

it('is answered by the check that began after it', () => {
  const asked = checking(hinted(newWait()));
  expect(asked.hints).toMatchObject({ pending: false, checking: true, checkSoon: false });
  expect(observe(asked, running, START, START).hints).toMatchObject({
    pending: false,
    checking: false,
    checkSoon: true,
  });
});

it('is counted', () => {
  expect(simulate(longJob, { hints: [{ at: 1 }, { at: 2 }, { at: HOUR }] }).state.hints.received).toBe(3);
});

it('that is pending travels with continue-as-new', () => {
  const slow = () => ({ observation: running, takesMs: 5 * SECOND });
  const simulation = { hints: [{ at: SECOND }], giveUpAt: MINUTE };
  const carried = simulate(slow, { ...simulation, continuesAsNew: () => true });
  expect(checkTimes(carried)).toEqual(checkTimes(simulate(slow, simulation)));
  expect(checkTimes(carried).slice(0, 2)).toEqual([0, 5 * SECOND]);
});

describe('the safety gap', () => {
  it('that a hint brings stands for the schedule from then on', () => {
    const run = simulate(longJob, { hints: [{ at: 5 * SECOND, hint: { safetyGapMs: 20 * MINUTE } }] });
    expect(checkTimes(run).slice(0, 5)).toEqual([0, 5, 15, 1_215, 2_415].map((s) => s * SECOND));
  });

  it('goes back to the schedule with null', () => {
    const hints = [
      { at: 5 * SECOND, hint: { safetyGapMs: 20 * MINUTE } },
      { at: 30 * MINUTE, hint: { safetyGapMs: null } },
    ];
    expect(checksFrom(30 * MINUTE, simulate(longJob, { hints })).slice(0, 3)).toEqual([0, 10_000, 70_000]);
  });

  it('stays where a hint says nothing of it', () => {
    const hints = [
      { at: 5 * SECOND, hint: { safetyGapMs: 20 * MINUTE } },
      { at: 30 * MINUTE, hint: {} },
    ];
    expect(checksFrom(30 * MINUTE, simulate(longJob, { hints })).slice(0, 3)).toEqual([0, 10_000, 1_210_000]);
    expect(hinted(hinted(newWait(), { safetyGapMs: 5 })).hints.safetyGapMs).toBe(5);
  });

  it('can come from the options, for the queue too', () => {
    const job = timeline([2 * HOUR, queued], [9 * HOUR, running], [Infinity, completed]);
    const run = simulate(job, { options: { safetyGap: HOUR } });
    expect(new Set(gaps(run))).toEqual(new Set([HOUR]));
  });
});

it('does not move a deadline', () => {
  const run = simulate(timeline([Infinity, running]), {
    options: { totalLimit: MINUTE, safetyGap: HOUR },
    hints: [{ at: 55 * SECOND }],
  });
  expect(checkTimes(run)).toEqual([0, 55 * SECOND, 60 * SECOND]);
});
