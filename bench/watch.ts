/**
 * What a wait costs and how soon it ends where a worker watches its job, beside the same wait by the schedule alone and a plain loop; then
 * how many jobs one process can watch. On a dev server, in real time.
 * Run alone: `npx tsx bench/watch.ts`.
 */
import { join } from 'node:path';
import type { LoadOptions } from './load';
import { print, type Goal, type Report, type Table } from './report';
import { Child } from './support/child';
import { costOf, isWithin, measureActions, rangeOf, stepsBySchedule, stepsWatched } from './watch/actions';
import type { CostRange } from './watch/actions';
import type { JobPlan } from './watch/api-program';
import { lastEndMs, measureLag, warmUp, WARM_UP_WAITS, type Figures } from './watch/lag';
import { watchQueued, type QueuedSeen } from './watch/queued';
import { bySchedule, loop, Side, watched, withPlace, type Place } from './watch/sides';
import { FIRST, measureLeft, SECOND, type LeftWaits } from './watch/stopped-workers';
import { actionRow, lagGoals, lagRow, leftGoals, leftRow, roundsGoals, roundsTable } from './watch/tables';
import type { MeasuredActions } from './watch/tables';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DEFAULT_TICK_MS = 10_000;

const WAITS = 250;
const TICK_MS = 2_000;
const LOOP_GAP_MS = 10_000;

const TOKENS = 20_000;

const LEFT_WAITS = 100;
/** How long a job of which actions are measured is queued. */
const QUEUED_MS = 20_000;
const MINUTES = 2.4;
const LENGTHS = [
  { job: '5 min', ms: 5 * MINUTE_MS, actions: 10, events: 36 },
  { job: '1 h', ms: HOUR_MS, actions: 25, events: 60 },
  { job: '24 h', ms: 24 * HOUR_MS, actions: 165, events: 100 },
];

export interface WatchBenchOptions extends Pick<LoadOptions, 'waits'> {
  /** Length of the job whose actions are measured. @default 2.4 */
  minutes?: number;
  /** Waits for queued jobs that one process watches; takes minutes. @default none */
  queued?: number;
}

export async function run({ waits = WAITS, minutes = MINUTES, queued }: WatchBenchOptions = {}): Promise<Report> {
  const measured = await withPlace(async (place) => {
    const [actions, lags] = [measuredActions(place, minutes * MINUTE_MS), measuredLags(place, waits)];
    await Promise.allSettled([actions, lags]); // the server is for both
    return { actions: await actions, lags: await lags };
  });
  const stopped = await withPlace((place) => leftWaits(place, (side) => side.stopWorker()));
  const killed = await withPlace((place) => leftWaits(place, (side) => side.killWorker()));
  const bytesPerToken = await tokenBytes();
  const rounds = queued === undefined ? undefined : await withPlace((place) => queuedRounds(place, queued));
  return {
    name: 'watch',
    tables: [
      { title: `a job of ${minutes} min, measured`, rows: measured.actions.map(actionRow) },
      { title: 'longer jobs, computed', rows: LENGTHS.flatMap(({ job, ms }) => computedRows(job, ms)) },
      {
        title: `${waits} waits whose jobs end from 20 s to ${lastEndMs(waits) / 1_000} s`,
        rows: measured.lags.map(lagRow),
      },
      {
        title: 'waits whose worker goes just before their jobs end, while another runs',
        rows: [leftRow('shuts down', stopped), leftRow('is killed', killed)],
      },
      {
        title: `${TOKENS} tokens in one process, of the watch alone`,
        rows: [{ 'heap per token, bytes': bytesPerToken }],
      },
      ...(rounds ? [roundsTable(queued!, rounds)] : []),
    ],
    goals: [
      {
        what: 'measured waits with as many actions and events as computed',
        value: measured.actions.filter(({ cost, range }) => isWithin(cost, range)).length,
        atLeast: measured.actions.length,
      },
      ...LENGTHS.flatMap(({ job, ms, actions, events }): Goal[] => {
        const { most } = watchedRange(jobOf(ms), DEFAULT_TICK_MS);
        return [
          { what: `actions of a job of ${job}, watched`, value: most.actions, atMost: actions },
          { what: `events of a job of ${job}, watched`, value: most.events, atMost: events },
        ];
      }),
      ...lagGoals(measured.lags[0]!.figures),
      ...leftGoals(stopped, killed, DEFAULT_TICK_MS),
      { what: 'heap per token, bytes', value: bytesPerToken, atMost: 2_048 },
      ...(rounds ? roundsGoals(queued!, rounds) : []),
    ],
    isReduced: queued === undefined || minutes < MINUTES,
    notes: [
      'Dev server in memory; each side has a worker and a fake API of its own, all processes of their own. For lag and calls the sides take turns.',
      'Actions: those of the history, and each heartbeat that the worker sends. Computed by the kernel on a virtual clock, with the chance that costs most; a schedule of more than about 370 checks continues as new, an action that is left out.',
      `The job is queued for ${QUEUED_MS / 1_000} s; its wait asks which documents failed. The waits for lag don't, as the loop.`,
      `A worker goes: one of two in processes of their own, tick ${DEFAULT_TICK_MS / 1_000} s, 2 s before the first of ${LEFT_WAITS} jobs ends. The figures are of the waits that it watched. A killed worker leaves leases of a minute.`,
      'Lag: from the end of the job, by the clock of the fake, to that of the workflow, by that of Temporal, on the same machine. Half of the jobs are seen queued until they end.',
      `Lists per tick: in the time of one, ${TICK_MS / 1_000} s. CPU: user and system time of the worker from before the first start to after the last end.`,
    ],
  };
}

async function measuredActions(place: Place, ms: number): Promise<MeasuredActions[]> {
  const job = jobOf(ms);
  await using ours = await Side.start(watched(DEFAULT_TICK_MS), place, 1);
  await using other = await Side.start(bySchedule(), place, 1);
  const [oursCost, otherCost] = await Promise.all([ours, other].map((side) => measureActions(side, job)));
  return [
    { wait: ours.pattern.name, cost: oursCost!, range: watchedRange(job, DEFAULT_TICK_MS) },
    { wait: other.pattern.name, cost: otherCost!, range: scheduledRange(job) },
  ];
}

function jobOf(ms: number): JobPlan {
  return {
    statuses: [
      ['SCHEDULED', QUEUED_MS],
      ['IN_PROGRESS', ms - QUEUED_MS],
    ],
  };
}

function watchedRange(job: JobPlan, tickMs: number): CostRange {
  const chances = [0, tickMs].flatMap((noticedMs) => [0, 1].map((random) => ({ noticedMs, random })));
  return rangeOf(chances.map(({ noticedMs, random }) => costOf(stepsWatched(job, { tickMs, noticedMs, random }))));
}

function scheduledRange(job: JobPlan): CostRange {
  return rangeOf([0, 1].map((random) => costOf(stepsBySchedule(job, random))));
}

async function measuredLags(place: Place, waits: number): Promise<{ wait: string; figures: Figures }[]> {
  const start = (options: Parameters<typeof Side.start>[0]) => Side.start(options, place, waits + WARM_UP_WAITS);
  await using ours = await start(watched(TICK_MS, 'off'));
  await using other = await start(bySchedule('off'));
  await using plain = await start(loop(LOOP_GAP_MS));
  const sides = [ours, other, plain];
  await Promise.all(sides.map(warmUp));
  const measured: { wait: string; figures: Figures }[] = [];
  for (const side of sides) measured.push({ wait: side.pattern.name, figures: await measureLag(side, waits, TICK_MS) });
  return measured;
}

async function leftWaits(place: Place, go: (side: Side) => Promise<void>): Promise<LeftWaits> {
  await using side = await Side.start(watched(DEFAULT_TICK_MS), place, LEFT_WAITS, [FIRST, SECOND]);
  return await measureLeft(side, LEFT_WAITS, go);
}

async function tokenBytes(): Promise<number> {
  await using child = new Child(join(__dirname, 'watch', 'entries-program.ts'), ['--expose-gc']);
  return await child.ask<number>(TOKENS);
}

async function queuedRounds(place: Place, waits: number): Promise<QueuedSeen> {
  await using side = await Side.start(watched(DEFAULT_TICK_MS), place, waits);
  return await watchQueued(side, waits);
}

function computedRows(job: string, ms: number): Table['rows'] {
  const ours = watchedRange(jobOf(ms), DEFAULT_TICK_MS).most;
  const other = scheduledRange(jobOf(ms)).most;
  return [
    { job, wait: 'by the schedule', ...other, 'actions ÷ watched': other.actions / ours.actions },
    { job, wait: 'watched', ...ours, 'actions ÷ watched': 1 },
  ];
}

if (require.main === module) void run().then(print);
