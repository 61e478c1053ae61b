// A wait whose checks are answered by a worker that watches has it watch the job; whatever ends that, nothing loops and nothing is missed.
import type { FailedCall } from '../../../src/core/call-error';
import { describe, expect, it, test } from 'vitest';
import { withAttributes } from '../../../src/core/attributes';
import { ATTRIBUTE_NAMES } from '../../../src/core/names';
import { type Decision, decide, nextLimitAt } from '../../../src/core/wait/decision';
import type { Observation } from '../../../src/core/wait/job-check';
import { observe, observeByWatch } from '../../../src/core/wait/observe';
import { waitProgress } from '../../../src/core/wait/progress';
import { checking, due, hinted, planned } from '../../../src/core/wait/next-check';
import type { WaitState } from '../../../src/core/wait/state';
import {
  isTooSoon,
  isWatchAnswer,
  type WatchAnswer,
  watched,
  watchFailed,
  watching,
  watchTimes,
} from '../../../src/core/wait/watch';
import { after, answer, error, HOUR, MINUTE, noAnswer, optionsWith, SECOND, START } from '../fixtures';

const TICK_MS = 10 * SECOND;

/** The answer of a worker that offers to watch. */
function offering(status: string, watch: unknown = { tickMs: TICK_MS }): Observation {
  const plain = answer(status);
  return plain.type === 'answer' ? { ...plain, check: { ...plain.check, watch: watch as never } } : plain;
}

const queued = offering('SCHEDULED');
const running = offering('IN_PROGRESS');
const unchanged = (seenAt: number | null, watch: unknown = { tickMs: TICK_MS }): WatchAnswer => ({
  check: null,
  seenAt,
  watch: watch as never,
});
const NOW = START + 5 * SECOND;
const does = (state: WaitState, options = optionsWith(), now = NOW): Decision['do'] =>
  decide(state, options, now, 0).do;

describe('what is watched', () => {
  it.each<[string, Observation]>([
    ['a queued job', queued],
    ['a running job', running],
  ])('%s, right after the check that offers it', (_, seen) => {
    expect(does(after([seen]))).toBe('watch');
  });

  it.each<[string, Observation[]]>([
    ['no worker offers it', [answer('IN_PROGRESS')]],
    ['the last check was answered by a worker that does not offer it', [running, answer('IN_PROGRESS')]],
    ['the last check failed', [running, error('server')]],
    ['the last check had no answer', [running, noAnswer]],
  ])('nothing, where %s', (_, seen) => {
    expect(does(after(seen))).toBe('sleep');
  });

  it.each([[null], [true], [{}], [{ tickMs: 0 }], [{ tickMs: 'often' }], [[]]])('nothing, by the offer %j', (offer) => {
    expect(does(after([offering('IN_PROGRESS', offer)]))).toBe('sleep');
  });

  it('nothing that is over', () => {
    expect(does(after([offering('COMPLETED')]))).toBe('done');
  });

  it('nothing, where a fixed gap is set', () => {
    const state = after([running]);
    expect(does({ ...state, hints: { ...state.hints, safetyGapMs: HOUR } })).toBe('sleep');
  });

  it('nothing, while the schedule looks more often than the worker', () => {
    const often = optionsWith({ minimumGap: SECOND });
    expect(does(after([running]), often)).toBe('poll');
    const minutes = after(Array.from({ length: 4 }, () => running)); // a minute each: the gap is above the tick
    expect(does(minutes, often, START + 4 * MINUTE)).toBe('watch');
    expect(does(minutes, optionsWith({ minimumGap: SECOND, maximumGap: SECOND }), START + 4 * MINUTE)).toBe('poll');
  });
});

it('waits for the check that tells what the server knows of the search attributes', () => {
  const options = optionsWith({ searchAttributes: { ...ATTRIBUTE_NAMES } });
  const state = after([running]);
  for (const attributes of [undefined, { set: { health: 'ok' } }] as const)
    expect(does({ ...state, attributes }, options)).toBe('sleep');
  for (const error of [null, 'The namespace lacks search attributes'])
    expect(does(withAttributes(state, error), options)).toBe('watch');
});

it('is decided alike by every random number', () => {
  const state = after([running]);
  for (const random of [0, 0.3, 0.9999]) expect(decide(state, optionsWith(), NOW, random).do).toBe('watch');
});

describe('a hint', () => {
  it('is answered by a check, not by a watch, and the job is watched again after it', () => {
    const state = hinted(watching(after([running]), NOW));
    expect(does(state)).toBe('poll');
    expect(does(observe(checking(state), running, NOW, NOW))).toBe('watch');
  });
});

describe('a limit', () => {
  it('ends a watch, and a check comes after it', () => {
    const options = optionsWith({ runLimit: MINUTE });
    const state = after([running]);
    expect(decide(state, options, NOW, 0)).toMatchObject({
      do: 'watch',
      times: { closeMs: START + MINUTE + SECOND - NOW },
    });
    const atLimit = START + SECOND + MINUTE;
    expect(does(watching(state, NOW), options, atLimit)).toBe('poll');
    expect(does(observe(state, running, atLimit, atLimit), options, atLimit)).toBe('fail');
  });
});

describe('what a watch saw before a limit, and the workflow hears of after it', () => {
  const options = optionsWith({ totalLimit: 10 * MINUTE });
  const late = START + HOUR;
  const hears = (seen: Observation) => {
    const state = watching(after([queued]), NOW);
    return observeByWatch(state, seen, nextLimitAt(state, options), late);
  };

  it.each<[string, Observation]>([
    ['a job that runs', running],
    ['an error', error('server')],
  ])('(%s) is followed by the check that comes before the failure', (_, seen) => {
    expect(does(hears(seen), options, late)).toBe('poll');
    expect(does(observe(hears(seen), running, late, late), options, late)).toBe('fail');
  });

  it('counts as heard of where no limit is passed', () => {
    const state = watching(after([queued]), NOW);
    expect(observeByWatch(state, running, null, late).lastCheck).toMatchObject({ begunAt: late, endedAt: late });
  });
});

describe('a watch that ended by no change', () => {
  it('goes on with the next piece', () => {
    const state = watched(watching(after([running]), NOW), unchanged(NOW), NOW + MINUTE);
    expect(does(state, optionsWith(), NOW + MINUTE)).toBe('watch');
    expect(waitProgress(state, null, 'watching').watch).toEqual({ since: '2026-01-01T00:00:05.000Z', tickMs: TICK_MS });
  });

  it.each([[null], [{}]])('ends where the worker offers no more (%j)', (watch) => {
    const state = watched(watching(after([running]), NOW), unchanged(NOW, watch), NOW);
    expect(does(state)).toBe('sleep');
  });

  it('tells when the job was last seen unfinished', () => {
    const state = watching(after([running]), NOW);
    const seen = (seenAt: number | null) => watched(state, unchanged(seenAt), NOW + MINUTE).lastUnfinishedCheckAt;
    expect(seen(NOW + 57 * SECOND)).toBe(NOW + 57 * SECOND);
    expect(seen(NOW + HOUR)).toBe(NOW + MINUTE); // by a clock that is ahead
    expect(seen(null)).toBe(START);
    expect(seen(START - HOUR)).toBe(START); // before the last check: that one is newer
  });
});

describe('an answer that tells nothing new', () => {
  const state = after([running]);
  const check = { ...(running as { check: object }).check };
  const offer = { tickMs: TICK_MS };

  it.each<[string, object, boolean]>([
    ['no check, and another offer', { check: null, watch: offer }, true],
    ['the status that the wait knows, and another offer', { check, watch: offer }, true],
    ['no check, and no other offer', { check: null, watch: null }, false],
    ['another status', { check: (queued as { check: object }).check, watch: offer }, false],
  ])('comes too soon within half a minute: %s', (_, given, isSo) => {
    const answer = { seenAt: null, ...given } as WatchAnswer;
    expect([0, MINUTE / 2 - 1, MINUTE / 2].map((ms) => isTooSoon(state, answer, ms))).toEqual([isSo, isSo, false]);
  });
});

describe('a watch that failed', () => {
  const failed = (state: WaitState) => watchFailed(watching(state, NOW), error('server') as FailedCall, NOW);

  it('leaves the job to the schedule for a check, at its time', () => {
    const state = failed(after([running]));
    expect(decide(state, optionsWith(), NOW, 0)).toEqual({ do: 'sleep', until: START + 11 * SECOND, hintable: true });
    expect(does(state, optionsWith(), START + HOUR)).toBe('poll');
  });

  it('is tried again after one check, then after two, and so on up to sixteen', () => {
    let state = after([running]);
    const checksBetween = () => {
      state = failed(state);
      let checks = 0;
      for (; does(state) !== 'watch'; checks++) state = observe({ ...state, nextCheckAt: null }, running, NOW, NOW);
      return checks;
    };
    expect(Array.from({ length: 7 }, checksBetween)).toEqual([1, 2, 4, 8, 16, 16, 16]);
    state = watched(state, unchanged(NOW), NOW);
    expect(checksBetween()).toBe(1);
  });

  it('is tried again after one check where it had lasted for minutes, in whatever pieces', () => {
    let state = after([running]);
    for (let n = 0; n < 4; n++) state = failed(state);
    const lasted = (ms: number, why = error('server') as FailedCall) =>
      watchFailed(watching(watching(state, NOW), NOW + ms / 2), why, NOW + ms).watch;
    const inItsQueue: FailedCall = { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_START' };
    expect(lasted(5 * MINUTE - 1)).toMatchObject({ checksBefore: 16, failures: 5 });
    expect(lasted(HOUR, inItsQueue)).toMatchObject({ checksBefore: 16, failures: 5 });
    expect(lasted(5 * MINUTE)).toMatchObject({ checksBefore: 1, failures: 1 });
  });

  it('counts checks that are answered alone', () => {
    const state = observe(failed(after([running])), error('server'), NOW, NOW);
    expect(does(observe(state, noAnswer, NOW, NOW))).toBe('sleep');
    expect(does(observe(state, running, NOW, NOW))).toBe('watch');
  });
});

it('does not begin where a check is planned', () => {
  const state = after([running]);
  expect(does(planned(state, NOW + SECOND))).toBe('sleep');
  expect(does(due(planned(state, NOW + SECOND), NOW))).toBe('poll');
});

describe('the times', () => {
  it.each([
    [0, 60, 240],
    [3 * MINUTE, 60, 60],
    [3 * MINUTE + 1, 120, 6 * 60 + 60],
    [4 * MINUTE, 120, 360],
    [10 * MINUTE, 300, 1_200],
    [30 * MINUTE, 600, 86_400],
    [100 * HOUR, 600, 86_400],
  ])('of a wait that is %i ms old', (ageMs, leaseSeconds, forSeconds) => {
    const { leaseMs, forMs, closeMs } = watchTimes(ageMs, Infinity);
    expect(leaseMs).toBe(leaseSeconds * SECOND);
    expect(Math.round(forMs / SECOND)).toBe(forSeconds);
    expect(closeMs).toBeGreaterThan(forMs);
  });

  it('end at the limit', () => {
    expect(watchTimes(0, 90 * SECOND).closeMs).toBe(90 * SECOND);
    expect(watchTimes(HOUR, 1).closeMs).toBe(1);
  });
});

test.each<[unknown, boolean]>([
  [{ check: null, seenAt: null }, true],
  [{ check: {}, seenAt: 3, watch: { tickMs: 1 } }, true],
  [{ check: null }, false],
  [{ check: 'COMPLETED', seenAt: 3 }, false],
  [undefined, false],
  ['COMPLETED', false],
])('%j is an answer of a watch: %s', (given, expected) => {
  expect(isWatchAnswer(given)).toBe(expected);
});
