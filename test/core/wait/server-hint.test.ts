import { expect, it } from 'vitest';
import { answer, error, HOUR, MINUTE, noAnswer, SECOND } from '../fixtures';
import { gaps, replies, simulate } from '../simulate';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');
const busy = (retryAfterMs: number) => error('rateLimit', { status: 429, retryAfterMs });

it.each([
  ['stretches the gap', 45 * SECOND, 45 * SECOND],
  ['does not shorten it', 2 * SECOND, 10 * SECOND],
  ['is bounded to five minutes', 10 * HOUR, 5 * MINUTE],
])("a server's hint %s", (_, hint, gap) => {
  expect(gaps(simulate(replies(running, busy(hint), completed)))).toEqual([10 * SECOND, gap]);
});

it('counts only for the check that it came with', () => {
  const run = simulate(replies(busy(2 * MINUTE), running, busy(2 * MINUTE), noAnswer, completed));
  expect(gaps(run).map((gap) => Math.floor(gap / MINUTE))).toEqual([2, 0, 2, 0]);
});

it('holds back a hinted check too', () => {
  const run = simulate(replies(busy(2 * MINUTE), completed), { hints: [{ at: 5 * SECOND }] });
  expect(gaps(run)).toEqual([2 * MINUTE]);
});

it('holds back a hinted check no longer than its bound', () => {
  const run = simulate(replies(busy(HOUR), completed), { hints: [{ at: 5 * SECOND }] });
  expect(gaps(run)).toEqual([5 * MINUTE]);
});

it('lets a hint through where it asks for less than the plan', () => {
  const run = simulate(replies(busy(3 * SECOND), completed), { hints: [{ at: 2 * SECOND }] });
  expect(gaps(run)).toEqual([3 * SECOND]);
});

it('does not move a deadline', () => {
  const run = simulate(replies(running, busy(5 * MINUTE)), { options: { totalLimit: MINUTE } });
  expect(run.checks.at(-1)).toMatchObject({ begunAt: MINUTE });
  expect(run.end?.do).toBe('fail');
});
