import { answer } from '../../test/core/fixtures';
import { simulate } from '../../test/core/simulate';
import { mean } from '../support/statistics';

const HOUR_MS = 3_600_000;

/** What an hour of waiting holds. */
export interface Hour {
  checks: number;
  /** How old a completion at a random moment of the hour is when it is noticed, in seconds, on average. */
  lagS: number;
}

/** The hour of a loop with a fixed gap. */
export function fixedHour(gapMs: number): Hour {
  return measureHour(
    Array.from({ length: Math.ceil(HOUR_MS / gapMs) }, (_, i) => i * gapMs),
    0,
  );
}

/** An hour of the default schedule, for a job that stays in one status; by the kernel itself, the jitter at its mean. */
export function defaultHour(status: 'SCHEDULED' | 'IN_PROGRESS', hour: number): Hour {
  const { checks } = simulate(() => ({ observation: answer(status), takesMs: 0 }), {
    random: () => 0.5,
    giveUpAt: (hour + 2) * HOUR_MS,
  });
  return measureHour(
    checks.map(({ begunAt }) => begunAt),
    hour,
  );
}

function measureHour(times: readonly number[], hour: number): Hour {
  const [from, to] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
  const next = [...times, to];
  const moments = Array.from({ length: 3_600 }, (_, second) => from + second * 1_000 + 500);
  const lags = moments.map((moment) => (next.find((time) => time >= moment) ?? to) - moment);
  return { checks: times.filter((time) => time >= from && time < to).length, lagS: mean(lags) / 1_000 };
}
