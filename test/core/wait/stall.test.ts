// A job whose files stand still ends its wait by the stall limit: on the evidence of counts that came, and of nothing else.
import { describe, expect, it, test } from 'vitest';
import { type Decision, decide, nextLimitAt } from '../../../src/core/wait/decision';
import type { Observation } from '../../../src/core/wait/job-check';
import { counted, type CountOutcome, isStalled, showingCounts, stallReport } from '../../../src/core/wait/node-counts';
import { observe } from '../../../src/core/wait/observe';
import { waitProgress } from '../../../src/core/wait/progress';
import type { WaitState } from '../../../src/core/wait/state';
import { watching } from '../../../src/core/wait/watch';
import { after, answer, DAY, error, HOUR, MINUTE, newWait, nodesAt, optionsWith, SECOND, START } from '../fixtures';
import { checkTimes, failureOf, type Simulation, simulate, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const forever = timeline([Infinity, running]);
const options = { stallLimit: 2 * HOUR };
const failed: CountOutcome = { error: 'UnstructuredServerError: answered 503' };
const still = nodesAt(1);

/** What counts bring, by the time in milliseconds after the start. */
const countsBy =
  (...stretches: [until: number, outcome: CountOutcome][]): Simulation['counts'] =>
  (at) =>
    (stretches.find(([until]) => at < until) ?? stretches.at(-1)!)[1];

describe('a job whose files stand still', () => {
  const run = simulate(forever, { options });

  it('ends the wait, right after a count at the limit and a check after it', () => {
    expect([run.endedAt, run.counts.at(-1), checkTimes(run).at(-1)]).toEqual([2 * HOUR, 2 * HOUR, 2 * HOUR]);
    expect(failureOf(run)).toMatchObject({
      type: 'UnstructuredJobTimeoutError',
      message: `Job ${run.state.jobId} was last seen IN_PROGRESS when the stall limit of 7200000 ms (no file moved since 2026-01-01T00:00:00.000Z) passed`,
      details: {
        limit: 'stall',
        limitMs: 2 * HOUR,
        lastStatus: 'IN_PROGRESS',
        lastCheck: 'answer',
        stalled: { since: '2026-01-01T00:00:00.000Z', nodeStats: still.answer.nodeStats },
        cancel: null,
      },
    });
  });

  it('is counted with each eighth of the limit, and at its half', () => {
    expect(run.counts.length).toBeGreaterThanOrEqual(9);
    expect(run.counts.length).toBeLessThanOrEqual(11);
    expect(run.counts).toContain(HOUR);
    for (const [index, at] of run.counts.entries())
      expect(at).toBeLessThanOrEqual((run.counts[index - 1] ?? 0) + 15 * MINUTE + MINUTE);
  });

  it('is counted once a minute at most, by a short limit', () => {
    const { counts } = simulate(forever, { options: { stallLimit: 4 * MINUTE } });
    expect(counts).toEqual([0, expect.any(Number), 2 * MINUTE, expect.any(Number), 4 * MINUTE]);
  });

  it('is asked for before the failure, and lets the wait go on where it is done', () => {
    const done = simulate(timeline([2 * HOUR, running], [Infinity, answer('COMPLETED')]), { options });
    expect(done.end?.do).toBe('done');
  });

  it('is stopped by policy', () => {
    const { end } = simulate(forever, { options: { ...options, onLimit: 'cancel' } });
    expect(end).toMatchObject({ do: 'cancel', limit: { name: 'stall', ms: 2 * HOUR } });
  });

  it('ends the wait all the same where the check after the count fails', () => {
    const checks = timeline([2 * HOUR, running], [Infinity, error('server')]);
    expect(failureOf(simulate(checks, { options })).message).toMatch(
      /the stall limit .* passed; the check at the limit brought no answer$/,
    );
  });

  it('ends no sooner for a safety gap that is longer, nor later', () => {
    const rarely = simulate(forever, { options: { ...options, safetyGap: 20 * HOUR } });
    expect(checkTimes(rarely)).toEqual([0, HOUR, 2 * HOUR]);
    expect(rarely.counts).toEqual([0, HOUR, 2 * HOUR]);
    expect(failureOf(rarely).details).toMatchObject({ limit: 'stall' });
  });
});

it('counts nothing without a limit', () => {
  const run = simulate(timeline([DAY, running], [Infinity, answer('COMPLETED')]));
  expect(run.counts).toEqual([]);
  expect(run.state).not.toHaveProperty('nodes');
});

describe('no stall', () => {
  const goesOn = (simulation: Simulation, service = forever) => {
    const run = simulate(service, { giveUpAt: 2 * DAY, ...simulation, options: { ...options, ...simulation.options } });
    expect(run.end).toBeUndefined();
    return run;
  };

  it('is a job whose files move within the limit', () => {
    goesOn({ counts: (at) => nodesAt(Math.floor(at / HOUR) % 4) });
  });

  it('is a job that is queued, or of unknown status: it is not counted', () => {
    expect(goesOn({}, timeline([Infinity, answer('SCHEDULED')])).counts).toEqual([]);
    expect(goesOn({ giveUpAt: 23 * HOUR }, timeline([Infinity, answer('PAUSED')])).counts).toEqual([]);
  });

  it('is a job whose status changes within the limit', () => {
    const { state } = goesOn({}, (at) => ({
      observation: Math.floor(at / HOUR) % 2 === 0 ? running : answer('SCHEDULED'),
      takesMs: 0,
    }));
    expect(state.nodes).toBeDefined();
  });

  it.each<[string, CountOutcome]>([
    ['fail', failed],
    ['are none', { answer: undefined }],
    ['are of no job', { answer: { nodeStats: [{}] } }],
    ['name no node', { answer: { ...still.answer, nodeStats: [] } }],
    ['have no file at any node', nodesAt(0, { inProgress: 0 })],
    ['are no numbers', nodesAt(1, { ready: '2' })],
    ['are no whole numbers', nodesAt(1, { ready: 0.5 })],
    ['are below zero', nodesAt(1, { failure: -1 })],
    ['lack a count', nodesAt(1, { success: undefined })],
    ['are of a node whose name is no text', nodesAt(1, { nodeName: 7 })],
    ['could not all be read', { answer: { ...still.answer, unreadableEntries: 1 } }],
  ])('is told by counts that %s, however long', (_, outcome) => {
    const run = goesOn({ counts: () => outcome });
    expect(isStalled(run.state)).toBe(false);
    expect(stallReport(run.state)).toBeNull();
    expect(waitProgress(run.state, null, 'sleeping')).toMatchObject({
      stalled: null,
      nodeCountsError: expect.stringMatching(/./) as unknown,
    });
  });

  it('is told while counts fail, nor do checks or counts come more often then', () => {
    const run = goesOn({ counts: countsBy([MINUTE, still], [Infinity, failed]), giveUpAt: 5 * HOUR });
    expect(run.counts.length).toBeLessThanOrEqual(5 * 5);
    expect(run.checks.length).toBeLessThanOrEqual(simulate(forever, { giveUpAt: 5 * HOUR }).checks.length + 16);
    expect(nextLimitAt(run.state, optionsWith(options))).toBeGreaterThan(START + 5 * HOUR - 15 * MINUTE);
  });
});

it('is confirmed by the first count that comes after the limit', () => {
  const counts = countsBy([30 * MINUTE, still], [5 * HOUR, failed], [Infinity, still]);
  const run = simulate(forever, { options, counts });
  expect(failureOf(run).details).toMatchObject({ limit: 'stall', stalled: { since: '2026-01-01T00:00:00.000Z' } });
  expect(run.endedAt).toBeGreaterThanOrEqual(5 * HOUR);
  expect(run.endedAt).toBeLessThan(5 * HOUR + 17 * MINUTE);
});

it.each<[string, CountOutcome]>([
  ['other counts', nodesAt(2)],
  ['another status of processing', { answer: { ...still.answer, processingStatus: 'STOPPED' } }],
  ['a node more', { answer: { ...still.answer, nodeStats: [...still.answer.nodeStats, ...still.answer.nodeStats] } }],
])('begins anew with %s', (_, changed) => {
  const run = simulate(forever, { options, counts: countsBy([90 * MINUTE, still], [Infinity, changed]) });
  const changedAt = run.counts.find((at) => at >= 90 * MINUTE)!;
  expect(run.endedAt).toBe(changedAt + 2 * HOUR);
});

it('begins anew when the job runs again', () => {
  const service = timeline([90 * MINUTE, running], [2 * HOUR, answer('SCHEDULED')], [Infinity, running]);
  const run = simulate(service, { options });
  const again = run.checks.find(({ begunAt }) => begunAt >= 2 * HOUR)!.begunAt;
  expect(run.counts.find((at) => at >= 90 * MINUTE + MINUTE)).toBe(again);
  expect(run.endedAt).toBe(again + 2 * HOUR);
});

/** A state whose files were counted at these times, in milliseconds after the start. */
function countedAt(times: number[], state: WaitState = after([running])): WaitState {
  return times.reduce((before, at) => counted(before, options, still, START + at, START + at), state);
}

describe('the limit', () => {
  const next = (state: WaitState, at: number) => decide(state, optionsWith(options), START + at, 0).do;
  const checkedAt = (at: number, state: WaitState) => observe(state, running, START + at, START + at);

  it('is not passed by a check that no count has come before', () => {
    expect(next(checkedAt(2 * HOUR, countedAt([0, HOUR])), 2 * HOUR)).toBe('count');
  });

  it('is not passed by a check that began before the count which confirms it', () => {
    const state = countedAt([0, HOUR, 3 * HOUR], checkedAt(2 * HOUR + MINUTE, after([running])));
    expect(next(state, 3 * HOUR)).toBe('poll');
    expect(next(checkedAt(3 * HOUR, state), 3 * HOUR)).toBe('fail');
  });

  it('counts the time up to when the count was asked for', () => {
    const state = countedAt([0]);
    const late = (askedAt: number) => counted(state, options, still, START + askedAt, START + HOUR + MINUTE);
    expect([isStalled(late(HOUR - 1)), isStalled(late(HOUR))]).toEqual([false, true]);
  });

  it('cuts a long gap for its half alone, where counts fail', () => {
    const rarely = { options: { ...options, safetyGap: 20 * HOUR }, counts: () => failed, giveUpAt: 6 * HOUR };
    expect(checkTimes(simulate(forever, rarely))).toEqual([0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR]);
  });
});

describe('another limit', () => {
  it('passes while counts fail', () => {
    const run = simulate(forever, {
      options: { ...options, runLimit: 3 * HOUR },
      counts: countsBy([MINUTE, still], [Infinity, failed]),
    });
    expect(failureOf(run).details).toMatchObject({ limit: 'run' });
    expect(run.endedAt).toBe(3 * HOUR);
  });

  it('says so where files stand still', () => {
    const { message, details } = failureOf(simulate(forever, { options: { ...options, totalLimit: 90 * MINUTE } }));
    expect(message).toContain('the total limit of 5400000 ms (no file moved since 2026-01-01T00:00:00.000Z) passed');
    expect(details).toMatchObject({ limit: 'total', stalled: { nodeStats: still.answer.nodeStats } });
    const early = failureOf(simulate(forever, { options: { ...options, totalLimit: 50 * MINUTE } }));
    expect(early.details).toMatchObject({ limit: 'total', stalled: null });
  });

  it('at the same time gives way to the stall', () => {
    const run = simulate(forever, { options: { ...options, runLimit: 2 * HOUR, totalLimit: 2 * HOUR } });
    expect(failureOf(run).details).toMatchObject({ limit: 'stall' });
  });
});

describe('what is shown', () => {
  it('is a stall from half of the limit on, by counts alone, and with when it ends the wait', () => {
    const shown = (state: WaitState) => waitProgress(state, null, 'sleeping').stalled;
    expect(shown(countedAt([0]))).toBeNull();
    expect(shown(countedAt([0, HOUR - 1]))).toBeNull();
    const state = countedAt([0, HOUR]);
    expect(shown(state)).toEqual({ since: '2026-01-01T00:00:00.000Z', nodeStats: still.answer.nodeStats });
    expect(nextLimitAt(state, optionsWith(options))).toBe(START + 2 * HOUR);
    expect(shown(counted(state, options, nodesAt(2), START + 61 * MINUTE, START + 61 * MINUTE))).toBeNull();
    expect(shown(observe(state, answer('SCHEDULED'), START + HOUR, START + HOUR))).toBeNull();
  });

  it('stands where a later count fails', () => {
    const state = counted(countedAt([0, HOUR]), options, failed, START + 2 * HOUR, START + 2 * HOUR);
    expect(waitProgress(state, null, 'sleeping')).toMatchObject({
      stalled: { since: '2026-01-01T00:00:00.000Z' },
      nodeCountsError: 'UnstructuredServerError: answered 503',
    });
  });

  it('are counts of a bounded size, though all of them are compared', () => {
    const many = (last: number) => {
      const nodeStats = Array.from({ length: 300 }, (_, n) => nodesAt(n === 299 ? last : 1).answer.nodeStats[0]!);
      return { answer: { ...still.answer, nodeStats } };
    };
    const state = counted(after([running]), options, many(1), START, START);
    expect(state.nodes?.stats).toHaveLength(100);
    const moved = counted(state, options, many(2), START + HOUR, START + HOUR);
    expect(moved.nodes).toMatchObject({ stalled: false, unchanged: { since: START + HOUR } });
  });
});

describe('counts that are shown without a limit', () => {
  const plain = optionsWith();

  it('come once a minute at most, of a job that runs, and never as a stall', () => {
    const next = (state: WaitState, at: number): Decision['do'] => decide(state, plain, START + at, 0).do;
    let state = showingCounts(after([running]));
    expect(next(showingCounts(after([answer('SCHEDULED')])), SECOND)).toBe('sleep');
    expect(next(state, SECOND)).toBe('count');
    state = counted(state, plain, still, START + SECOND, START + SECOND);
    expect(next(state, MINUTE)).not.toBe('count');
    expect(next(state, MINUTE + SECOND)).toBe('count');
    state = counted(state, plain, still, START + DAY, START + DAY);
    expect(isStalled(state)).toBe(false);
    expect(nextLimitAt(state, plain)).toBeNull();
    expect(state.nodes?.stats).toEqual(still.answer.nodeStats);
  });

  it('are the same count as that of a limit', () => {
    const state = counted(showingCounts(after([running])), options, still, START, START);
    expect(decide(state, optionsWith(options), START + MINUTE, 0).do).toBe('count');
    expect(
      decide({ ...state, nodes: { ...state.nodes!, shown: false } }, optionsWith(options), START + MINUTE, 0).do,
    ).not.toBe('count');
  });

  it('are shown as far as they could be read', () => {
    const partly = { answer: { ...still.answer, unreadableEntries: 1 } };
    expect(counted(showingCounts(after([running])), plain, partly, START, START).nodes).toMatchObject({
      stats: still.answer.nodeStats,
      error: 'The details of the job contain no counts, or not all of them',
    });
  });
});

describe('a watch', () => {
  const offering = (status: string): Observation => {
    const plain = answer(status);
    return plain.type === 'answer' ? { ...plain, check: { ...plain.check, watch: { tickMs: SECOND } } } : plain;
  };
  const watched = watching(after([offering('IN_PROGRESS')]), START);
  const next = (state: WaitState, at: number) => decide(state, optionsWith(options), START + at, 0);

  it('ends for the next count, and for the marks of the limit', () => {
    const state = countedAt([0, 45 * MINUTE], watched);
    expect(next(state, 46 * MINUTE)).toMatchObject({
      do: 'watch',
      times: { forMs: 14 * MINUTE, closeMs: 14 * MINUTE },
    });
    expect(next(countedAt([0, 50 * MINUTE], watched), 51 * MINUTE)).toMatchObject({ times: { closeMs: 9 * MINUTE } });
    expect(next(state, HOUR)).toEqual({ do: 'count' });
  });

  it('is no shorter than a minute for a count that is near', () => {
    expect(next(countedAt([0, 10 * MINUTE], watched), 24 * MINUTE + 59 * SECOND)).toMatchObject({
      do: 'watch',
      times: { forMs: MINUTE },
    });
  });

  it('goes on after a count without a check, until a stall is confirmed', () => {
    expect(next(countedAt([0, HOUR], watched), HOUR).do).toBe('watch');
    const confirmed = countedAt([0, HOUR, 2 * HOUR], watched);
    expect(next(confirmed, 2 * HOUR).do).toBe('poll');
    expect(next(observe(confirmed, running, START + 2 * HOUR, START + 2 * HOUR), 2 * HOUR).do).toBe('fail');
  });

  it('is not ended by a limit that no count confirms', () => {
    const state = counted(countedAt([0, HOUR], watched), options, failed, START + 2 * HOUR, START + 2 * HOUR);
    expect(next(state, 2 * HOUR)).toMatchObject({ do: 'watch', times: { forMs: 15 * MINUTE } });
  });
});

test('a wait that was not seen to run has nothing to tell', () => {
  expect([isStalled(newWait()), stallReport(newWait())]).toEqual([false, null]);
});
