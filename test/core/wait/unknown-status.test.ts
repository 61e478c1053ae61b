import { describe, expect, it } from 'vitest';
import { answer, DAY, error, HOUR, jobSummary, MINUTE, SECOND } from '../fixtures';
import { failureOf, gaps, replies, simulate, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');
const paused = answer('PAUSED');

it('is never taken for an end', () => {
  const run = simulate(timeline([5 * HOUR, paused], [Infinity, completed]));
  expect(run.end).toEqual({ do: 'done', job: jobSummary('COMPLETED') });
});

it('waits the normal gap', () => {
  const known = simulate(timeline([HOUR, running], [Infinity, completed]));
  const unknown = simulate(timeline([MINUTE, running], [HOUR, paused], [Infinity, completed]));
  expect(gaps(unknown)).toEqual(gaps(known));
});

it('keeps the clock of the phase that it interrupts', () => {
  const run = simulate(timeline([HOUR, running], [HOUR + MINUTE, paused], [2 * HOUR, running], [Infinity, completed]));
  expect(new Set(gaps(run).slice(-30))).toEqual(new Set([MINUTE]));
});

it('keeps the clock of the queue that it interrupts', () => {
  const run = simulate(
    timeline([2 * HOUR, answer('SCHEDULED')], [2 * HOUR + MINUTE, paused], [3 * HOUR, answer('SCHEDULED')]),
    { giveUpAt: 3 * HOUR },
  );
  expect(new Set(gaps(run).slice(-5))).toEqual(new Set([5 * MINUTE]));
});

it('is counted and shown', () => {
  const run = simulate(replies(paused, answer('ON_HOLD'), paused, completed));
  expect(run.state.unknownStatuses).toEqual({ PAUSED: 2, ON_HOLD: 1 });
});

describe('nothing but unknown statuses', () => {
  it('end the wait after 24 hours with a failure that names them', () => {
    const run = simulate((_, check) => ({ observation: answer(check % 2 ? 'PAUSED' : 'ON_HOLD'), takesMs: 0 }));
    const { type, message, details } = failureOf(run);
    expect(type).toBe('UnstructuredJobTimeoutError');
    expect(message).toMatch(
      /^Job \S+ was last seen (PAUSED|ON_HOLD) when the unknownStatus limit of 86400000 ms passed /,
    );
    expect(message).toMatch(/ passed \(unknown statuses: ON_HOLD, PAUSED\)$/);
    expect(details).toMatchObject({ limit: 'unknownStatus', limitMs: DAY, lastCheck: 'answer' });
    expect(run.endedAt).toBeGreaterThanOrEqual(DAY);
    expect(run.endedAt).toBeLessThanOrEqual(DAY + MINUTE);
  });

  it('for less than that do not', () => {
    const run = simulate(timeline([DAY - MINUTE, paused], [DAY, completed]));
    expect(run.end?.do).toBe('done');
  });

  it('start anew after a known status', () => {
    const run = simulate(
      timeline([23 * HOUR, paused], [24 * HOUR, running], [46 * HOUR, paused], [Infinity, completed]),
    );
    expect(run.end?.do).toBe('done');
  });

  it('are not interrupted by failed checks, which end nothing here', () => {
    const run = simulate((at, check) => ({ observation: check % 2 ? paused : error('server'), takesMs: 0 }));
    expect(failureOf(run).details).toMatchObject({ limit: 'unknownStatus' });
    expect(run.endedAt).toBeLessThanOrEqual(DAY + 2 * MINUTE);
    expect(run.checks.at(-1)?.outcome).toBe('answer');
  });

  it('must be ten of them, however short the budget', () => {
    const options = { unknownStatusBudget: 0 };
    expect(simulate(replies(...Array.from({ length: 9 }, () => paused), completed), { options }).end?.do).toBe('done');
    const run = simulate(replies(paused), { options });
    expect(run.checks).toHaveLength(10);
    expect(run.endedAt).toBe(10 * SECOND + 9 * 10 * SECOND);
  });
});
