import { renewalMs } from '../../activities/watch/token';
import { verdictOf } from '../../src/core/job';
import { decide } from '../../src/core/wait/decision';
import type { Observation } from '../../src/core/wait/job-check';
import { observe } from '../../src/core/wait/observe';
import { DEFAULT_WAIT_OPTIONS } from '../../src/core/wait/options';
import { checking } from '../../src/core/wait/next-check';
import { watched, watching } from '../../src/core/wait/watch';
import { answer, newWait, START } from '../../test/core/fixtures';
import { simulate, timeline } from '../../test/core/simulate';
import { measureCost } from '../history/cost';
import { expectResult } from '../support/patterns';
import type { JobPlan } from './api-program';
import type { Side } from './sides';

/** What the wait for one job costs. */
export interface WaitCost {
  actions: number;
  events: number;
}

/** What it is made of. The first check comes at once, each other one after a timer. */
export interface Steps {
  checks: number;
  watches: number;
  heartbeats: number;
}

/** Events of a workflow that does nothing: its start, one task, its end. */
const EVENTS_OF_WORKFLOW = 5;
/** Events of an activity, and of the task that takes its answer. */
const EVENTS_OF_ACTIVITY = 6;
/** Events of a timer, and of the task that it brings. */
const EVENTS_OF_TIMER = 5;
/** The question which documents failed, once the job is over. */
const QUESTIONS = 1;

export function costOf({ checks, watches, heartbeats }: Steps): WaitCost {
  const timers = checks - 1;
  const activities = checks + watches + QUESTIONS;
  return {
    actions: 1 + activities + timers + heartbeats,
    events: EVENTS_OF_WORKFLOW + EVENTS_OF_ACTIVITY * activities + EVENTS_OF_TIMER * timers,
  };
}

/** By the kernel itself on a virtual clock. `random` is from 0 to 1: the jitter of gaps. */
export function stepsBySchedule(job: JobPlan, random: number): Steps {
  const { checks } = simulate(timeline(...changesOf(job)), { random: () => random });
  return { checks: checks.length, watches: 0, heartbeats: 0 };
}

/** What a wait that is watched depends on. */
export interface Chance {
  tickMs: number;
  /** How late a change is noticed. */
  noticedMs: number;
  /** 0 to 1: at 1 leases are renewed most often. */
  random: number;
}

/** The same of a wait that is watched: all times are the kernel's, or the worker's. */
export function stepsWatched(job: JobPlan, { tickMs, noticedMs, random }: Chance): Steps {
  const steps: Steps = { checks: 0, watches: 0, heartbeats: 0 };
  const changes = changesOf(job);
  let state = newWait();
  let now = 0;
  for (;;) {
    const [changesAt, seen] = changes.find(([until]) => now < until)!;
    const at = START + now;
    const decision = decide(state, DEFAULT_WAIT_OPTIONS, at, random);
    if (decision.do === 'done') return steps;
    if (decision.do === 'poll') {
      steps.checks++;
      state = observe(checking(state), offering(seen, tickMs), at, at);
    } else if (decision.do === 'watch') {
      const { leaseMs, forMs } = decision.times;
      const lastsMs = Math.min(forMs, changesAt + noticedMs - now);
      steps.watches++;
      steps.heartbeats += Math.floor((lastsMs - 1) / renewalMs(leaseMs, random));
      now += lastsMs;
      state = watched(
        watching(state, at),
        { check: null, seenAt: START + now - noticedMs, watch: { tickMs } },
        START + now,
      );
      const [, isNow] = changes.find(([until]) => now < until)!;
      if (isNow !== seen) state = observe(state, offering(isNow, tickMs), START + now, START + now);
    } else throw new Error(`A wait that is watched decides to ${decision.do}.`);
  }
}

type Change = [until: number, seen: Observation];

/** What the API says until when, in milliseconds from the start. */
function changesOf({ statuses }: JobPlan): Change[] {
  let until = 0;
  const changes = statuses.map(([status, ms]): Change => [(until += ms), answer(status)]);
  return [...changes, [Infinity, answer('COMPLETED')]];
}

/** The answer of a worker that offers to watch. */
function offering(seen: Observation, tickMs: number): Observation {
  if (seen.type !== 'answer') return seen;
  const isOver = verdictOf(seen.check.job.status) === 'completed';
  return isOver ? seen : { ...seen, check: { ...seen.check, watch: { tickMs } } };
}

/** Waits for the job in real time, with nothing else on that worker. */
export async function measureActions(side: Side, job: JobPlan): Promise<WaitCost> {
  const { heartbeats: before } = await side.status();
  const [started] = await side.startWaits([job]);
  await expectResult(side.pattern, started!.handle);
  const { actions, events } = measureCost(await started!.handle.fetchHistory());
  return { actions: actions + (await side.status()).heartbeats - before, events };
}

/** What a wait may cost: by the least and the most that chance can make of it. */
export interface CostRange {
  least: WaitCost;
  most: WaitCost;
}

export function rangeOf(costs: readonly WaitCost[]): CostRange {
  const by = (choose: (...values: number[]) => number): WaitCost => ({
    actions: choose(...costs.map(({ actions }) => actions)),
    events: choose(...costs.map(({ events }) => events)),
  });
  return { least: by(Math.min), most: by(Math.max) };
}

export function isWithin({ actions, events }: WaitCost, { least, most }: CostRange): boolean {
  return actions >= least.actions && actions <= most.actions && events >= least.events && events <= most.events;
}
