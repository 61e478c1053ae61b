import type { JobSummary } from '../../src/core/job';
import { checkCarriedWait } from '../../src/core/wait/carried';
import { decide, type Decision } from '../../src/core/wait/decision';
import type { Observation } from '../../src/core/wait/job-check';
import { counted, type CountOutcome } from '../../src/core/wait/node-counts';
import { observe, seenAtStart } from '../../src/core/wait/observe';
import type { WaitOptions } from '../../src/core/wait/options';
import { checking, type CheckNowHint, due, hinted, planned } from '../../src/core/wait/next-check';
import { startWait, type WaitStart, type WaitState } from '../../src/core/wait/state';
import { DAY, JOB_ID, nodesAt, optionsWith, START } from './fixtures';

/** What one scripted check brings, and how long it takes in milliseconds. */
export interface Reply {
  observation: Observation;
  takesMs: number;
}

/** The scripted service: what it says to the check that begins `at` milliseconds after the start of the wait. */
export type Service = (at: number, check: number) => Reply;

export interface Simulation {
  options?: Partial<WaitOptions>;
  knownFiles?: WaitStart['knownFiles'];
  /** The answer to the start of the job, which was sent `sentMs` before the wait. */
  started?: { job: JobSummary; sentMs: number };
  /** Hints, `at` in milliseconds after the start of the wait. */
  hints?: { at: number; hint?: CheckNowHint }[];
  /** What the count of files brings that begins `at` milliseconds after the start. @default the same for ever */
  counts?: (at: number, count: number) => CountOutcome;
  /** 0 to 1 for each step. @default always 0 */
  random?: (step: number) => number;
  /** How the sleeps of an earlier simulation ended: so do these, whatever they are set for, as in a replay. */
  wakes?: readonly Wake[];
  /** Whether the wait continues as new before this step. @default never */
  continuesAsNew?: (step: number) => boolean;
  /** Milliseconds after the start at which a wait that does not end is left. @default 30 days */
  giveUpAt?: number;
}

/** How a sleep ended: its timer fired, or a hint came. */
export interface Wake {
  at: number;
  fired: boolean;
}

/** What a simulated wait did. All times are milliseconds after its start. */
export interface Run {
  checks: { begunAt: number; endedAt: number; timeoutMs: number; outcome: Observation['type'] }[];
  /** When files were counted. */
  counts: number[];
  sleeps: { from: number; until: number; hintable: boolean }[];
  wakes: Wake[];
  /** How the wait ended; undefined where it was left. */
  end?: Extract<Decision, { do: 'done' | 'fail' | 'cancel' }>;
  endedAt: number;
  state: WaitState;
}

/** What is left of it after it travelled through a history. */
export function inJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Runs a wait against a scripted service on a virtual clock, as the workflow does, with a state that nobody can change in place. */
export function simulate(service: Service, simulation: Simulation = {}): Run {
  const { random = () => 0, counts = () => nodesAt(1), continuesAsNew = () => false, giveUpAt = 30 * DAY } = simulation;
  const options = optionsWith(simulation.options);
  const hints = [...(simulation.hints ?? [])].sort((a, b) => a.at - b.at);
  const { files, safetyGap } = options;
  const start = { jobId: JOB_ID, files, safetyGapMs: safetyGap, knownFiles: simulation.knownFiles };
  const run: Run = { checks: [], counts: [], sleeps: [], wakes: [], endedAt: 0, state: startWait(start, START) };
  const { started } = simulation;
  if (started) run.state = seenAtStart(run.state, started.job, START - started.sentMs, START);
  let now = 0;
  const become = (state: WaitState) => (run.state = deepFreeze(state));
  const receiveHints = (until: number) => {
    while (hints[0] && hints[0].at <= until) become(hinted(run.state, hints.shift()?.hint));
  };

  for (let step = 0; now < giveUpAt; step++) {
    if (step > 30_000) throw new Error('The wait makes no headway.');
    // Whatever state a wait is in, the check of what continue-as-new carries must let it pass.
    if (continuesAsNew(step)) become(checkCarriedWait(inJson({ version: 1, options, state: run.state })).state);
    receiveHints(now);
    const decision = decide(run.state, options, START + now, random(step));
    switch (decision.do) {
      case 'poll': {
        become(checking(run.state));
        const reply = service(now, run.checks.length);
        const hangs = reply.takesMs > decision.timeoutMs;
        const observation: Observation = hangs ? { type: 'noAnswer', timeoutType: 'TEST' } : reply.observation;
        const endedAt = now + Math.min(reply.takesMs, decision.timeoutMs);
        receiveHints(endedAt);
        become(observe(run.state, observation, START + now, START + endedAt));
        run.checks.push({ begunAt: now, endedAt, timeoutMs: decision.timeoutMs, outcome: observation.type });
        now = endedAt;
        break;
      }
      case 'sleep': {
        const until = decision.until - START;
        become(planned(run.state, decision.until));
        run.sleeps.push({ from: now, until, hintable: decision.hintable });
        const wokeAt = decision.hintable ? Math.min(until, hints[0]?.at ?? until) : until;
        const wake = simulation.wakes?.[run.wakes.length] ?? { at: wokeAt, fired: wokeAt === until };
        run.wakes.push(wake);
        now = wake.at;
        if (wake.fired) become(due(run.state, START + now));
        receiveHints(now);
        break;
      }
      case 'count': {
        const outcome = counts(now, run.counts.length);
        become(counted(run.state, options, outcome, START + now, START + now));
        run.counts.push(now);
        break;
      }
      case 'watch':
        throw new Error('no answer of this simulation offers a watch');
      default:
        return { ...run, end: decision, endedAt: now };
    }
  }
  return { ...run, endedAt: now };
}

/** A service that says these things one after the other, the last for ever, and takes a second each time. */
export function replies(...observations: Observation[]): Service {
  return (_, check) => ({ observation: observations[Math.min(check, observations.length - 1)]!, takesMs: 1_000 });
}

/** A service whose answer depends on the time, in milliseconds after the start; it answers in no time. */
export function timeline(...stretches: [until: number, observation: Observation][]): Service {
  return (at) => ({ observation: (stretches.find(([until]) => at < until) ?? stretches.at(-1)!)[1], takesMs: 0 });
}

/** When the checks began, in milliseconds after the start. */
export function checkTimes({ checks }: Run): number[] {
  return checks.map(({ begunAt }) => begunAt);
}

/** Milliseconds from the end of each check to the begin of the next. */
export function gaps({ checks }: Run): number[] {
  return checks.slice(1).map(({ begunAt }, i) => begunAt - checks[i]!.endedAt);
}

/** The failure that ended the wait. */
export function failureOf({ end }: Run): { type: string; message: string; details: Record<string, unknown> } {
  if (end?.do !== 'fail') throw new Error(`The wait did not fail: ${JSON.stringify(end)}`);
  return end.failure as unknown as ReturnType<typeof failureOf>;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
