import { expect, it } from 'vitest';
import { decide } from '../../../src/core/wait/decision';
import { answer, error, HOUR, MINUTE, newWait, noAnswer, optionsWith, SECOND, START } from '../fixtures';
import { checkTimes, gaps, replies, simulate, timeline } from '../simulate';

const queued = answer('SCHEDULED');
const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');

it('checks at once', () => {
  expect(decide(newWait(), optionsWith(), START, 1)).toEqual({ do: 'poll', timeoutMs: 10 * MINUTE });
  expect(checkTimes(simulate(replies(completed)))).toEqual([0]);
});

it('is a loop of ten seconds at first, then lags a tenth of the run time, at most a minute', () => {
  const run = simulate(timeline([HOUR, running], [Infinity, completed]));
  const times = checkTimes(run);
  expect(times.slice(0, 11)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((s) => s * SECOND));
  for (const [i, gap] of gaps(run).entries()) {
    expect(gap).toBe(Math.round(Math.min(MINUTE, Math.max(10 * SECOND, times[i]! / 10))));
  }
  expect(Math.max(...gaps(run))).toBe(MINUTE);
});

it('looks at a queued job ever more rarely, down to once in five minutes', () => {
  const run = simulate(timeline([2 * HOUR, queued], [Infinity, completed]));
  expect(gaps(run).slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 10 * SECOND));
  expect(Math.max(...gaps(run))).toBe(5 * MINUTE);
  expect(run.checks.length).toBeLessThan(70);
});

it('does not take time in the queue for run time', () => {
  const run = simulate(timeline([2 * HOUR, queued], [2 * HOUR + 30 * MINUTE, running], [Infinity, completed]));
  const firstRunning = checkTimes(run).findIndex((at) => at >= 2 * HOUR);
  expect(gaps(run)[firstRunning - 1]).toBe(5 * MINUTE);
  expect(gaps(run)[firstRunning]).toBe(10 * SECOND);
});

it('starts the queue clock anew for a job that goes back to the queue', () => {
  const run = simulate(timeline([HOUR, queued], [2 * HOUR, running], [3 * HOUR, queued], [Infinity, completed]));
  const backInQueue = checkTimes(run).findIndex((at) => at >= 2 * HOUR);
  expect(gaps(run)[backInQueue]).toBe(10 * SECOND);
});

it('starts the run clock anew for a job that comes back from the queue', () => {
  const run = simulate(timeline([HOUR, running], [HOUR + MINUTE, queued], [2 * HOUR, running], [Infinity, completed]));
  const runningAgain = checkTimes(run).findIndex((at) => at >= HOUR + MINUTE);
  expect(gaps(run)[runningAgain]).toBe(10 * SECOND);
});

it('keeps the clock of a phase through checks that fail or bring no answer', () => {
  const outage = timeline(
    [HOUR, running],
    [HOUR + MINUTE, error('server')],
    [HOUR + 5 * MINUTE, noAnswer],
    [9e9, running],
  );
  const run = simulate(outage, { giveUpAt: 2 * HOUR });
  expect(new Set(gaps(run).slice(-30))).toEqual(new Set([MINUTE]));
});

it('counts the time of a job that was not seen yet as run time', () => {
  const run = simulate(timeline([20 * MINUTE, error('server')], [Infinity, completed]));
  expect(Math.max(...gaps(run))).toBe(MINUTE);
});

it('measures a gap from the end of a check', () => {
  const run = simulate((at) => ({ observation: at < MINUTE ? running : completed, takesMs: 7 * SECOND }));
  expect(checkTimes(run).slice(0, 3)).toEqual([0, 17 * SECOND, 34 * SECOND]);
});

it('lengthens gaps by the chance that it is given, and only lengthens them', () => {
  const job = timeline([10 * MINUTE, running], [Infinity, completed]);
  const [steady, jittered] = [0, 1].map((chance) => gaps(simulate(job, { random: () => chance })));
  expect(jittered!.length).toBeLessThan(steady!.length);
  expect(jittered!.every((gap, i) => gap >= steady![i]!)).toBe(true);
});

it('takes its gaps from the options', () => {
  const options = { minimumGap: 2 * SECOND, maximumGap: 4 * SECOND, queuedMaximumGap: 8 * SECOND, gapFraction: 0.5 };
  const ofQueue = gaps(simulate(timeline([MINUTE, queued], [Infinity, completed]), { options }));
  const ofRun = gaps(simulate(timeline([MINUTE, running], [Infinity, completed]), { options }));
  expect([Math.min(...ofQueue), Math.max(...ofQueue)]).toEqual([2 * SECOND, 8 * SECOND]);
  expect([Math.min(...ofRun), Math.max(...ofRun)]).toEqual([2 * SECOND, 4 * SECOND]);
});

it.each([
  ['longer', (step: number) => step % 2, 12_000],
  ['shorter', (step: number) => (step + 1) % 2, 11_000],
])('keeps a plan that stands where chance would make it %s', (_, random, until) => {
  const run = simulate(replies(running, completed), { random });
  expect(run.sleeps).toEqual([{ from: 1_000, until, hintable: true }]);
});

it('keeps a plan through continue-as-new, whatever chance says then', () => {
  const continues = { random: (step: number) => step % 2, continuesAsNew: () => true };
  expect(checkTimes(simulate(replies(running, running, completed), continues))).toEqual([0, 12_000, 24_000]);
});

it('gives a check ten minutes', () => {
  const run = simulate(replies(running, queued, error('server'), completed));
  expect(run.checks.map(({ timeoutMs }) => timeoutMs)).toEqual(Array(4).fill(10 * MINUTE));
});
