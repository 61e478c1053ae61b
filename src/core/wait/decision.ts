import type { JobSummary } from '../job';
import { boundRetryAfter } from '../retry-timing';
import { isOurStop } from './cancel';
import { jobFailure, limitFailure } from './failure';
import type { LimitName, WaitFailure } from './failure-details';
import { judge } from './judgement';
import { countPlan, stallLimitAt } from './node-counts';
import type { WaitOptions } from './options';
import { isAbsent, verdictOfState, type WaitState } from './state';
import { gapMs, phaseAt, scheduledGapMs } from './schedule';
import { isWatchable, type WatchTimes, watchTimes } from './watch';

/** What a wait does next. */
export type Decision =
  /** Check now; give up on this check after `timeoutMs`. */
  | { do: 'poll'; timeoutMs: number }
  /** Sleep until this time. A hint ends the sleep early unless `hintable` is false. */
  | { do: 'sleep'; until: number; hintable: boolean }
  /** Count the files at each node. */
  | { do: 'count' }
  /** Have a worker watch the job. A hint ends the watch early. */
  | { do: 'watch'; times: WatchTimes }
  | { do: 'done'; job: JobSummary }
  /** A limit passed, and the policy is to stop the job: cancel it, check until it ends, and report the outcome. */
  | { do: 'cancel'; limit: Limit }
  | { do: 'fail'; failure: WaitFailure };

/** How a wait ends. */
export type Ending = Extract<Decision, { do: 'done' | 'fail' }>;

/**
 * How long one check may take, including its brief retries and its time in the task queue. The time is long if no limit is near, so that a queue with
 * a rate limit serves every wait in turn. It is short at a limit, so that the limit fires soon. Histories depend on it.
 */
export const CHECK_TIMEOUT = Object.freeze({ minimumMs: 30_000, maximumMs: 600_000 });

/** Shortest time from the start of one check to the start of another that a hint triggers. In milliseconds. Histories depend on it. */
const HINT_SPACING_MS = 1_000;

/**
 * Decides the next step from what was observed. A plan is made once: after a decision to sleep, record the plan with `planned`, and record with `due`
 * that its timer fired. `random` is from 0 to 1, such as `checkChance(state)`. It is used only when a plan is made.
 */
export function decide(state: WaitState, options: WaitOptions, now: number, random: number): Decision {
  const verdict = verdictOfState(state);
  if (state.job && verdict === 'completed') return { do: 'done', job: state.job };
  if (state.job && (verdict === 'failed' || verdict === 'stopped')) {
    return { do: 'fail', failure: jobFailure(state, state.job, verdict, now) };
  }
  const limit = nextLimit(state, options);
  const failure = judge(state, options, now);
  if (failure) return { do: 'fail', failure };
  if (limit && isPassed(limit, state)) {
    if (options.onLimit === 'cancel' && !isAbsent(state)) return { do: 'cancel', limit };
    return { do: 'fail', failure: limitFailure(state, limit.name, limit.ms, now) };
  }

  const { dueAt = Infinity, markAt = Infinity } = countPlan(state, options) ?? {};
  if (now >= dueAt) return { do: 'count' };
  const endAt = Math.min(limit?.at ?? Infinity, markAt);
  if (endAt > now && isWatched(state, options))
    return { do: 'watch', times: watchTimes(now - state.startedAt, endAt - now, dueAt - now) };
  const at = Math.min(nextCheckAt(state, options, random), endAt);
  if (at > now) return { do: 'sleep', until: at, hintable: !state.hints.pending };
  return { do: 'poll', timeoutMs: timeoutWithin(limit, now) };
}

/** How long a check, or a question about the documents, may take if it begins now. */
export function timeoutWithin(limit: Limit | null, now: number): number {
  const left = limit ? limit.at - now : Infinity;
  return Math.max(CHECK_TIMEOUT.minimumMs, Math.min(CHECK_TIMEOUT.maximumMs, left));
}

/** When the first of the limits that now apply passes; null if none applies. */
export function nextLimitAt(state: WaitState, options: WaitOptions): number | null {
  return nextLimit(state, options)?.at ?? null;
}

/** A limit, and when it passes. */
export interface Limit {
  name: LimitName;
  ms: number;
  at: number;
}

/**
 * The first of the limits that now apply. If two pass at the same time, it is the narrower one. Only the total limit applies to a job that has ended.
 */
export function nextLimit(state: WaitState, options: WaitOptions): Limit | null {
  const verdict = verdictOfState(state);
  const limits: Limit[] = [];
  const add = (name: LimitName, ms: number | null, since: number) => {
    if (ms !== null) limits.push({ name, ms, at: since + ms });
  };
  const stallAt = verdict === 'running' ? stallLimitAt(state, options) : null;
  if (stallAt !== null && options.stallLimit !== null)
    limits.push({ name: 'stall', ms: options.stallLimit, at: stallAt });
  if (verdict === 'queued' || isAbsent(state)) add('queue', options.queueLimit, state.countedUntil - state.queuedMs);
  if (verdict === 'running') add('run', options.runLimit, state.countedUntil - state.runningMs);
  add('total', options.totalLimit, state.startedAt);
  return limits.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** Whether a limit has passed: a check that began at or after it did not end the wait. For a stall limit, counts must confirm it first. */
function isPassed({ name, at }: Limit, { lastCheck, nodes }: WaitState): boolean {
  if (name === 'stall' && (nodes?.unchanged?.until ?? 0) < at) return false;
  return lastCheck !== null && lastCheck.begunAt >= at;
}

/**
 * The failure that ends the wait after a question about a COMPLETED job's documents brought no answer; null if the wait goes on. As after a check,
 * the wait ends if a budget is used up, or if a limit had passed when the question began.
 */
export function judgeQuestion(
  state: WaitState,
  options: WaitOptions,
  limit: Limit | null,
  now: number,
): WaitFailure | null {
  const failure = judge(state, options, now);
  if (failure || !limit || !isPassed(limit, state)) return failure;
  return limitFailure(state, limit.name, limit.ms, now);
}

/** How a wait ends after a limit passed and the job was asked to stop. A job that finished in the meantime is reported with its own outcome. */
export function decideAfterCancel(state: WaitState, { name, ms }: Pick<Limit, 'name' | 'ms'>, now: number): Ending {
  const { job, cancel } = state;
  const verdict = verdictOfState(state);
  if (job && verdict === 'completed') return { do: 'done', job };
  const isOurs = cancel === undefined || isOurStop(cancel);
  if (job && (verdict === 'failed' || (verdict === 'stopped' && !isOurs)))
    return { do: 'fail', failure: jobFailure(state, job, verdict, now) };
  return { do: 'fail', failure: limitFailure(state, name, ms, now) };
}

/**
 * When the next check begins, limits aside. An existing plan is kept. A hint brings it forward, but not to a time before the service allows a check.
 */
export function nextCheckAt(state: WaitState, options: WaitOptions, random: number): number {
  const { lastCheck, hints } = state;
  if (!lastCheck) return state.startedAt;
  const retryAfterMs = lastCheck.outcome === 'error' ? (state.lastError?.api?.retryAfterMs ?? null) : null;
  const plan = state.nextCheckAt ?? plannedCheckAt(state, lastCheck.endedAt, retryAfterMs, options, random);
  if (!hints.pending) return plan;
  const allowed = lastCheck.endedAt + (retryAfterMs === null ? 0 : boundRetryAfter(retryAfterMs));
  return Math.min(plan, Math.max(lastCheck.begunAt + HINT_SPACING_MS, allowed));
}

function plannedCheckAt(
  state: WaitState,
  endedAt: number,
  retryAfterMs: number | null,
  options: WaitOptions,
  random: number,
): number {
  const gap = gapMs(
    {
      ...phaseAt(state, endedAt),
      safetyGapMs: areAttributesUnknown(state, options) ? null : state.hints.safetyGapMs,
      soon: state.hints.checkSoon,
      retryAfterMs,
      random,
    },
    options,
  );
  const graceEndsAt = state.startedAt + options.notFoundGrace;
  const unseen = !state.job && state.lastError?.api?.kind === 'notFound' && endedAt < graceEndsAt;
  return unseen ? Math.min(endedAt + gap, graceEndsAt) : endedAt + gap;
}

/**
 * Whether a worker watches the job from now on. The wait keeps its schedule if the schedule checks more often than the worker does, and until a check
 * has reported what the server knows about its search attributes. Histories depend on the length of a gap here.
 */
function isWatched(state: WaitState, options: WaitOptions): boolean {
  const { lastCheck, watch } = state;
  if (!lastCheck || !watch?.offer || !isWatchable(state)) return false;
  if (areAttributesUnknown(state, options)) return false;
  const input = { ...phaseAt(state, lastCheck.endedAt), safetyGapMs: null, random: 0 };
  return watch.offer.tickMs <= scheduledGapMs(input, options);
}

/** Whether no check has reported yet what the server knows about the search attributes. Deliveries find a run by them. */
function areAttributesUnknown({ attributes }: WaitState, { searchAttributes }: WaitOptions): boolean {
  return searchAttributes !== null && attributes?.error === undefined;
}
