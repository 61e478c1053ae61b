import { describe, expect, it } from 'vitest';
import { nextLimitAt } from '../../../src/core/wait/decision';
import { observe } from '../../../src/core/wait/observe';
import {
  after,
  answer,
  error,
  gateway404,
  HOUR,
  jobSummary,
  MINUTE,
  newWait,
  noAnswer,
  optionsWith,
  SECOND,
  START,
} from '../fixtures';
import { checkTimes, failureOf, replies, simulate, timeline } from '../simulate';

const queued = answer('SCHEDULED');
const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');
const paused = answer('PAUSED');

describe.each([
  ['queue', 'queueLimit', queued, 'SCHEDULED'],
  ['run', 'runLimit', running, 'IN_PROGRESS'],
  ['total', 'totalLimit', queued, 'SCHEDULED'],
  ['total', 'totalLimit', running, 'IN_PROGRESS'],
  ['total', 'totalLimit', paused, 'PAUSED'],
] as const)('the %s limit', (limit, option, observation, status) => {
  const options = { [option]: 47 * MINUTE };

  it(`ends a wait for a job that stays ${status}, right after a check at the deadline`, () => {
    const run = simulate(timeline([Infinity, observation]), { options });
    expect(checkTimes(run).at(-1)).toBe(47 * MINUTE);
    expect(run.endedAt).toBe(47 * MINUTE);
    expect(failureOf(run)).toMatchObject({
      type: 'UnstructuredJobTimeoutError',
      message: `Job ${run.state.jobId} was last seen ${status} when the ${limit} limit of 2820000 ms passed`,
      details: {
        jobId: run.state.jobId,
        limit,
        limitMs: 47 * MINUTE,
        lastStatus: status,
        job: jobSummary(status),
        lastCheck: 'answer',
        lastError: null,
        wait: { checks: run.checks.length, endedAt: '2026-01-01T00:47:00.000Z' },
      },
    });
  });

  it('lets go a job that is done at the deadline', () => {
    const inTime = simulate(timeline([47 * MINUTE, observation], [Infinity, completed]), { options });
    expect(inTime.end?.do).toBe('done');
  });
});

it('has none by default', () => {
  const run = simulate(timeline([2 * 24 * HOUR, running], [Infinity, completed]));
  expect(run.end?.do).toBe('done');
  expect(nextLimitAt(newWait(), optionsWith())).toBeNull();
});

it('counts a queue limit in the queue only, and a run limit in running only', () => {
  const options = { queueLimit: HOUR, runLimit: HOUR };
  const run = simulate(timeline([50 * MINUTE, queued], [100 * MINUTE, running], [Infinity, completed]), { options });
  expect(run.end?.do).toBe('done');
});

it('adds up the time in the queue over several turns', () => {
  const turns = timeline([40 * MINUTE, queued], [60 * MINUTE, running], [Infinity, queued]);
  const run = simulate(turns, { options: { queueLimit: HOUR } });
  expect(failureOf(run).details).toMatchObject({ limit: 'queue' });
  expect(run.state.queuedMs).toBe(HOUR);
  expect(run.endedAt).toBeGreaterThan(75 * MINUTE);
});

it('adds up the run time over several turns', () => {
  const turns = timeline([40 * MINUTE, running], [60 * MINUTE, queued], [Infinity, running]);
  const run = simulate(turns, { options: { runLimit: HOUR } });
  expect(failureOf(run).details).toMatchObject({ limit: 'run' });
  expect(run.state.runningMs).toBe(HOUR);
  expect(run.endedAt).toBeGreaterThan(79 * MINUTE);
});

it('counts an unknown status towards the total limit only', () => {
  const options = { queueLimit: HOUR, runLimit: HOUR, totalLimit: 5 * HOUR };
  const run = simulate(timeline([HOUR / 2, queued], [HOUR, running], [Infinity, paused]), { options });
  expect(failureOf(run).details).toMatchObject({ limit: 'total' });
  expect(run.endedAt).toBe(5 * HOUR);
});

it.each([
  ['queue', queued],
  ['run', running],
] as const)('of two limits at the same time names the %s limit, not the total', (limit, observation) => {
  const options = { queueLimit: HOUR, runLimit: HOUR, totalLimit: HOUR };
  expect(failureOf(simulate(timeline([Infinity, observation]), { options })).details).toMatchObject({ limit });
});

it('names the limit that passes first', () => {
  const options = { runLimit: HOUR, totalLimit: 30 * MINUTE };
  expect(failureOf(simulate(timeline([Infinity, running]), { options })).details).toMatchObject({ limit: 'total' });
});

it('is not ended by a check that began before the deadline', () => {
  const slow = simulate(
    (at) => ({ observation: at < 59 * SECOND ? running : completed, takesMs: at < SECOND ? 0 : 20 * SECOND }),
    { options: { totalLimit: MINUTE } },
  );
  expect(checkTimes(slow)).toEqual([0, 10 * SECOND, 40 * SECOND, MINUTE]);
  expect(slow.end?.do).toBe('done');
});

it('fires all the same where the last check fails, and says so', () => {
  const run = simulate(timeline([10 * MINUTE, running], [Infinity, error('server', { status: 503 })]), {
    options: { runLimit: HOUR },
  });
  expect(checkTimes(run).at(-1)).toBe(HOUR);
  const { message, details } = failureOf(run);
  expect(message).toMatch(
    /was last seen IN_PROGRESS when the run limit .* passed; the check at the limit brought no answer$/,
  );
  expect(details).toMatchObject({
    lastStatus: 'IN_PROGRESS',
    lastCheck: 'error',
    lastError: {
      type: 'UnstructuredServerError',
      message: 'server failed',
      at: '2026-01-01T01:00:00.000Z',
      api: { kind: 'server', status: 503 },
    },
  });
});

it('fires all the same where the last check hangs, half a minute after the deadline, and says so', () => {
  const run = simulate((at) => ({ observation: running, takesMs: at < 59 * MINUTE ? 0 : 24 * HOUR }), {
    options: { totalLimit: HOUR },
  });
  expect(run.endedAt).toBeLessThanOrEqual(HOUR + 60 * SECOND);
  expect(failureOf(run).message).toContain('the check at the limit brought no answer');
  expect(failureOf(run).details).toMatchObject({ lastCheck: 'noAnswer', lastStatus: 'IN_PROGRESS' });
});

it('gives the last check half a minute, and one shortly before the deadline what is left', () => {
  const options = { totalLimit: MINUTE, minimumGap: 10 * SECOND };
  const run = simulate(timeline([Infinity, running]), { options });
  expect(run.checks.map(({ timeoutMs }) => timeoutMs / SECOND)).toEqual([60, 50, 40, 30, 30, 30, 30]);
});

it('fires where the job was never seen, and says so', () => {
  const { message, details } = failureOf(simulate(replies(noAnswer), { options: { totalLimit: HOUR } }));
  expect(message).toContain('was never seen when the total limit');
  expect(details).toMatchObject({ lastStatus: null, job: null, lastCheck: 'noAnswer' });
  expect(details).toMatchObject({ lastError: { type: 'TimeoutFailure', api: null } });
});

it('lets a check at the deadline that brings a final error end the wait with that error', () => {
  const run = simulate(timeline([MINUTE, running], [Infinity, error('request', { status: 400 })]), {
    options: { totalLimit: MINUTE, requestErrorBudget: 0 },
  });
  expect(failureOf(run).type).toBe('UnstructuredRequestError');
});

it('never sleeps past a deadline', () => {
  const run = simulate(timeline([Infinity, queued]), { options: { queueLimit: HOUR } });
  expect(Math.max(...run.sleeps.map(({ until }) => until))).toBe(HOUR);
});

describe('the time at which the next limit passes', () => {
  const options = optionsWith({ queueLimit: HOUR, runLimit: 2 * HOUR, totalLimit: 3 * HOUR });

  it.each([
    ['of a job that was not seen', newWait(), 3 * HOUR],
    ['of a queued job', after([queued]), HOUR + SECOND],
    ['of a running job', after([queued, running]), 2 * HOUR + MINUTE + SECOND],
    ['of a job of unknown status', after([queued, paused]), 3 * HOUR],
    ['of a job that a gateway hides', after([queued, gateway404]), HOUR + SECOND],
  ])('%s', (_, state, at) => {
    expect(nextLimitAt(state, options)).toBe(START + at);
  });

  it('is that of the whole wait once the job is done', () => {
    expect(nextLimitAt(after([queued, completed]), options)).toBe(START + 3 * HOUR);
    expect(nextLimitAt(after([queued, completed]), optionsWith({ queueLimit: HOUR, runLimit: HOUR }))).toBeNull();
  });
});

it('is not confused by a clock that goes back', () => {
  const state = observe(after([queued]), queued, START - HOUR, START - HOUR);
  expect(state.queuedMs).toBe(0);
});
