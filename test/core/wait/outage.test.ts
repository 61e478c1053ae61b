import { describe, expect, it, test } from 'vitest';
import type { CallError } from '../../../src/core/call-error';
import { decide } from '../../../src/core/wait/decision';
import type { Observation } from '../../../src/core/wait/job-check';
import { observe } from '../../../src/core/wait/observe';
import {
  after,
  answer,
  error,
  gateway404,
  HOUR,
  JOB_ID,
  MINUTE,
  noAnswer,
  optionsWith,
  SECOND,
  START,
} from '../fixtures';
import { checkTimes, failureOf, replies, simulate, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');
const down = error('connection', { code: 'ECONNREFUSED' });

test.each<[string, Observation]>([
  ['a lost connection', down],
  ['a time-out', error('timeout')],
  ['408', error('server', { status: 408 })],
  ['429', error('rateLimit', { status: 429 })],
  ['503', error('server', { status: 503 })],
  ['an unreadable answer', error('response')],
  [
    'a failure that is not ours',
    { type: 'error', error: { type: 'TypeError', message: 'x', api: null, retryable: true } },
  ],
])('%s is checked again after the normal gap, before and after the job was seen', (_, trouble) => {
  const run = simulate(replies(trouble, trouble, running, trouble, completed));
  expect(run.end?.do).toBe('done');
  expect(checkTimes(run)).toEqual([0, 11, 22, 33, 44].map((s) => s * SECOND));
});

it('counts failed checks by kind', () => {
  const run = simulate(replies(down, error('server'), down, completed));
  expect(run.state.failures).toEqual({ UnstructuredConnectionError: 2, UnstructuredServerError: 1 });
});

test.each([
  ['any other 4xx', error('request', { status: 400 })],
  ['422', error('validation', { status: 422 })],
])('%s is final at once before the job was seen', (_, refused) => {
  const run = simulate(replies(down, refused));
  expect(run.checks).toHaveLength(2);
  const { type, message, api } = refused.error;
  expect(failureOf(run)).toMatchObject({ type, message, details: api });
});

test('a final failure that did not come from the API keeps its own details', () => {
  const details = { bytes: 3_000_000 };
  const tooLarge: CallError = {
    type: 'UnstructuredOutputListTooLargeError',
    message: 'too large',
    api: null,
    retryable: false,
    details,
  };
  expect(failureOf(simulate(replies({ type: 'error', error: tooLarge })))).toMatchObject({
    type: 'UnstructuredOutputListTooLargeError',
    message: 'too large',
    details,
  });
});

describe('the outage budget', () => {
  it('ends the wait after 12 hours without one success, with the last error and the counts', () => {
    const run = simulate(timeline([HOUR, running], [2 * HOUR, error('server')], [Infinity, down]));
    expect(run.endedAt).toBeGreaterThanOrEqual(13 * HOUR);
    expect(run.endedAt).toBeLessThanOrEqual(13 * HOUR + 2 * MINUTE);

    const failed = run.checks.filter(({ outcome }) => outcome === 'error');
    const since = new Date(START + failed[0]!.begunAt).toISOString();
    const { type, message, details } = failureOf(run);
    expect(type).toBe('UnstructuredUnreachableError');
    expect(message).toBe(
      `No answer about job ${JOB_ID} since ${since}: ${failed.length} checks in a row failed, the last with UnstructuredConnectionError`,
    );
    expect(details).toMatchObject({
      jobId: JOB_ID,
      lastStatus: 'IN_PROGRESS',
      failedChecks: failed.length,
      since,
      lastError: {
        type: 'UnstructuredConnectionError',
        message: 'connection failed',
        at: new Date(START + run.endedAt).toISOString(),
        api: { kind: 'connection', code: 'ECONNREFUSED' },
      },
      wait: {
        checks: run.checks.length,
        failures: { UnstructuredServerError: 60, UnstructuredConnectionError: failed.length - 60 },
      },
    });
  });

  it('ends a wait for a job that was never seen', () => {
    expect(failureOf(simulate(timeline([Infinity, down])))).toMatchObject({
      type: 'UnstructuredUnreachableError',
      details: { lastStatus: null },
    });
  });

  it('lets an outage of less than 12 hours pass', () => {
    expect(simulate(timeline([HOUR, running], [13 * HOUR - MINUTE, down], [Infinity, completed])).end?.do).toBe('done');
  });

  it('starts anew after each success', () => {
    const service = timeline(
      [HOUR, running],
      [12 * HOUR, down],
      [12 * HOUR + 2 * MINUTE, running],
      [23 * HOUR, down],
      [9e9, completed],
    );
    expect(simulate(service).end?.do).toBe('done');
  });

  it('takes any failed check in a row', () => {
    const mixed = [down, error('server'), gateway404, error('rateLimit')];
    const run = simulate((at, check) => ({ observation: check ? mixed[check % 4]! : running, takesMs: 0 }));
    expect(failureOf(run).type).toBe('UnstructuredUnreachableError');
    expect(run.endedAt).toBeLessThanOrEqual(12 * HOUR + 2 * MINUTE);
  });

  it('is never used up before ten failed checks in a row', () => {
    const options = { outageBudget: 0 };
    expect(simulate(replies(...Array.from({ length: 9 }, () => down), completed), { options }).end?.do).toBe('done');
    expect(simulate(replies(down), { options }).checks).toHaveLength(10);
  });

  it('is used up when it is reached, not when it is passed', () => {
    const failing = after(Array.from({ length: 10 }, () => down));
    const outageBudget = 9 * MINUTE - SECOND;
    const next = (budget: number) =>
      decide(failing, optionsWith({ outageBudget: budget }), START + 9 * MINUTE + SECOND, 0).do;
    expect([next(outageBudget), next(outageBudget + 1)]).toEqual(['fail', 'sleep']);
  });

  it('is not used up by our own downtime', () => {
    const run = simulate((at, check) => {
      if (at >= 20 * HOUR) return { observation: check % 2 ? down : completed, takesMs: 0 };
      return check < 3 ? { observation: down, takesMs: 0 } : { observation: noAnswer, takesMs: HOUR };
    });
    expect(run.end?.do).toBe('done');
  });

  it('is not used up by a check that waited long for a worker of ours before it was seen to fail', () => {
    const failing = after(Array.from({ length: 10 }, () => down));
    const late = observe(failing, down, START + 10 * MINUTE, START + 20 * HOUR);
    expect(decide(late, optionsWith(), START + 20 * HOUR, 0)).toMatchObject({ do: 'sleep' });
  });

  it('is not judged again without a fresh failed check', () => {
    const failing = after(Array.from({ length: 20 }, () => down));
    expect(decide(failing, optionsWith(), START + 20 * HOUR, 0)).toMatchObject({ do: 'poll' });
  });
});

describe('a Temporal time-out without an error of the API behind it', () => {
  it('is simply checked again, for days', () => {
    const run = simulate(timeline([MINUTE, running], [5 * 24 * HOUR, noAnswer], [Infinity, completed]));
    expect(run.end?.do).toBe('done');
  });

  it('is counted and shown, but not among the failures that end a wait', () => {
    const run = simulate(replies(noAnswer, down, noAnswer, noAnswer), { giveUpAt: MINUTE });
    expect(run.state.failures).toEqual({ TimeoutFailure: 5, UnstructuredConnectionError: 1 });
    expect(run.state.outage).toMatchObject({ count: 1 });
    expect(run.state.failing).toMatchObject({ count: 6 });
    expect(run.state.lastError?.message).toContain('no worker serves');
  });

  it('is not judged by the failures before it', () => {
    const failing = after(Array.from({ length: 20 }, () => down));
    const state = observe(failing, noAnswer, START + 20 * HOUR, START + 20 * HOUR);
    expect(decide(state, optionsWith(), START + 20 * HOUR, 0)).toMatchObject({ do: 'sleep' });
  });
});
