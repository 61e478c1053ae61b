/**
 * Checks and lag of the default schedule on log-normal run times, beside the schedules that people write; then the real workflow on a
 * sample of them. Run alone: `npx tsx bench/schedule.ts`.
 */
import { print, type Report, type Table } from './report';
import { defaultSchedule, exponential, fixed, type Schedule } from './schedule/simulated';
import { isWithin, validate, type Validation } from './schedule/validated';
import { logNormal, seeded } from './support/random';
import { mean, median, quantile } from './support/statistics';

const SEED = 20_260_101;
const SIGMA = 0.8;
const MEDIANS_S = [20, 60, 300, 1_800];
const DRAWS = 10_000;
const SAMPLE = 10;
const SECOND = 1_000;

export async function run(): Promise<Report> {
  const jobs = MEDIANS_S.map((medianS) => ({ medianS, runTimesMs: runTimes(medianS, DRAWS) }));
  const sample = Array.from({ length: SAMPLE }, (_, i) => jobs[i % jobs.length]!.runTimesMs[i]!);
  const validations = await validate(sample);
  return {
    name: 'schedule',
    tables: [
      ...jobs.map(({ medianS, runTimesMs }) => comparison(medianS, runTimesMs)),
      {
        title: `the real workflow through the time-skipping server, on ${SAMPLE} of the jobs`,
        rows: sampled(validations),
      },
    ],
    goals: [
      {
        what: 'sampled waits with as many checks as simulated and no more lag, within jitter',
        value: validations.filter(isWithin).length,
        atLeast: SAMPLE,
      },
    ],
    notes: [
      `Run times: log-normal, σ ${SIGMA}, ${DRAWS} draws a median, seed ${SEED}; the same draws for every schedule.`,
      'Every schedule checks first at once; a check takes no time; gaps run from the end of a check.',
      'Lag: from the end of the job to the begin of the check that sees it. Relative: lag ÷ run time of the same job.',
    ],
  };
}

/** Run times in whole milliseconds, at least 1. */
export function runTimes(medianS: number, draws: number): number[] {
  const random = seeded(SEED + medianS);
  return Array.from({ length: draws }, () => Math.max(1, Math.round(logNormal(medianS * SECOND, SIGMA, random))));
}

/** What the schedules make of the same jobs. */
export function comparison(medianS: number, runTimesMs: number[]): Table {
  const schedules: [name: string, schedule: Schedule][] = [
    ['ours, by default', defaultSchedule(seeded(SEED))],
    ['fixed 10 s', fixed(10 * SECOND)],
    ['fixed 30 s', fixed(30 * SECOND)],
    ['exponential 1.25, 1 s to 60 s', exponential(SECOND, 1.25, 60 * SECOND)],
  ];
  return {
    title: `median run time ${medianS} s`,
    rows: schedules.map(([name, schedule]) => {
      const waits = runTimesMs.map(schedule);
      const lags = waits.map(({ lagMs }) => lagMs / SECOND);
      const relative = waits.map(({ lagMs, runMs }) => (100 * lagMs) / runMs);
      const checks = waits.map((wait) => wait.checks);
      return {
        schedule: name,
        'checks, mean': mean(checks),
        'checks, p95': quantile(checks, 0.95),
        'lag, median s': median(lags),
        'lag, p95 s': quantile(lags, 0.95),
        'relative lag, median %': median(relative),
        'relative lag, p95 %': quantile(relative, 0.95),
      };
    }),
  };
}

function sampled(validations: Validation[]): Table['rows'] {
  return validations.map((wait) => ({
    'run time, s': wait.runMs / SECOND,
    'checks, real': wait.checks,
    'checks, simulated': wait.fewest === wait.most ? String(wait.most) : `${wait.fewest} to ${wait.most}`,
    within: isWithin(wait) ? 'yes' : 'no',
    'lag, real s': wait.lagMs / SECOND,
    'lag, at most s': wait.longestLagMs / SECOND,
    'relative lag, real %': (100 * wait.lagMs) / wait.runMs,
  }));
}

if (require.main === module) void run().then(print);
