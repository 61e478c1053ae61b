import type { Goal, Table } from '../report';
import { mean } from '../support/statistics';
import type { CostRange, WaitCost } from './actions';
import type { Figures } from './lag';
import { growth, type QueuedSeen } from './queued';
import type { LeftWaits } from './stopped-workers';

/** What the goals are set for. */
const GOAL_WAITS = 1_000;
const GOAL_QUEUED = 5_000;
/** The first lease of a watch. */
const LEASE_MS = 60_000;
/** In addition to a tick: until waits are handed back, and taken over. */
const HANDED_BACK_MS = 5_000;

export interface MeasuredActions {
  wait: string;
  cost: WaitCost;
  range: CostRange;
}

export function actionRow({ wait, cost, range: { least, most } }: MeasuredActions): Table['rows'][number] {
  const between = (from: number, to: number) => (from === to ? String(to) : `${from} to ${to}`);
  return {
    wait,
    actions: cost.actions,
    'actions, computed': between(least.actions, most.actions),
    events: cost.events,
    'events, computed': between(least.events, most.events),
  };
}

export function lagRow({ wait, figures }: { wait: string; figures: Figures }): Table['rows'][number] {
  return {
    wait,
    'lag, mean s': figures.lagMeanMs / 1_000,
    'lag, p95 s': figures.lagP95Ms / 1_000,
    'lists per tick': figures.listsPerTick,
    'GETs per wait': figures.getsPerWait,
    'worker CPU per wait, ms': figures.cpuMsPerWait,
  };
}

export function leftRow(worker: string, { waits, lagMeanMs, lagMaxMs }: LeftWaits): Table['rows'][number] {
  return { 'the worker': worker, waits, 'lag, mean s': lagMeanMs / 1_000, 'lag, largest s': lagMaxMs / 1_000 };
}

export function lagGoals({ waits, lagMeanMs, lagP95Ms, listsPerTick, getsPerWait, cpuMsPerWait }: Figures): Goal[] {
  const goals: Goal[] = [
    { what: 'lag, watched, mean s', value: lagMeanMs / 1_000, atMost: 1.8 },
    { what: 'lag, watched, p95 s', value: lagP95Ms / 1_000, atMost: 3.2 },
    { what: 'lists per tick', value: listsPerTick, atMost: 2 },
    { what: 'GETs per wait, watched', value: getsPerWait, atMost: 2.1 },
    { what: 'worker CPU per wait, watched, ms', value: cpuMsPerWait, atMost: 45 },
  ];
  return goals.map((goal) => ({ ...goal, isReduced: waits < GOAL_WAITS }));
}

export function leftGoals(stopped: LeftWaits, killed: LeftWaits, tickMs: number): Goal[] {
  const atMost = (tickMs + HANDED_BACK_MS) / 1_000;
  return [
    { what: 'largest lag, a worker shuts down, s', value: stopped.lagMaxMs / 1_000, atMost },
    { what: 'largest lag, a worker is killed, s', value: killed.lagMaxMs / 1_000, atMost: LEASE_MS / 1_000 },
  ];
}

export function roundsTable(waits: number, { rounds }: QueuedSeen): Table {
  return {
    title: `rounds of one process that watches ${waits} queued jobs; on average ${mean(rounds.map(({ ms }) => ms)) / 1_000} s`,
    rows: rounds.map(({ ms, cpuMs, rss }, index) => ({
      round: index + 1,
      s: ms / 1_000,
      'worker CPU, ms': cpuMs,
      'resident memory, MiB': rss / 2 ** 20,
    })),
  };
}

export function roundsGoals(waits: number, { rounds, heapGrowth }: QueuedSeen): Goal[] {
  const isReduced = waits < GOAL_QUEUED;
  return [
    { what: 'last rounds ÷ first', value: growth(rounds), atMost: 1.1, isReduced },
    { what: 'heap after the last round ÷ before the first', value: heapGrowth, atMost: 1.1, isReduced },
  ];
}
