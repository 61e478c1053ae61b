import { answer } from '../../test/core/fixtures';
import { simulate, timeline } from '../../test/core/simulate';

/** What became of the wait for one job: how often it was checked, and how long after its end the check began that saw it. */
export interface Wait {
  runMs: number;
  checks: number;
  lagMs: number;
}

/** When the checks of a job begin, in milliseconds after the start of its wait, from the job's run time on which they must not depend. */
export type Schedule = (runMs: number) => Wait;

const RUNNING = answer('IN_PROGRESS');
const COMPLETED = answer('COMPLETED');

/** The default schedule: the kernel's own `observe` and `decide` on a virtual clock. `random` is from 0 to 1, `checkMs` a check's own time. */
export function defaultSchedule(random: () => number, checkMs = 0): Schedule {
  return (runMs) => {
    const status = timeline([runMs, RUNNING], [Infinity, COMPLETED]);
    const { checks } = simulate((at, check) => ({ ...status(at, check), takesMs: checkMs }), { random });
    return { runMs, checks: checks.length, lagMs: checks.at(-1)!.begunAt - runMs };
  };
}

/** A loop with a gap of its own after each check; the first check comes at once. */
export function loop(gapAfter: (check: number) => number): Schedule {
  return (runMs) => {
    let at = 0;
    let checks = 1;
    for (; at < runMs; checks++) at += gapAfter(checks);
    return { runMs, checks, lagMs: at - runMs };
  };
}

export const fixed = (gapMs: number): Schedule => loop(() => gapMs);

export const exponential = (firstMs: number, factor: number, maximumMs: number): Schedule =>
  loop((check) => Math.min(maximumMs, firstMs * factor ** (check - 1)));
