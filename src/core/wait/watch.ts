import { type FailedCall, isNotTaken } from '../call-error';
import type { FileSelection } from '../job';
import { isObject } from '../values';
import type { HeldDigests, JobCheck } from './job-check';
import type { WaitState, WatchOffer, WatchState } from './state';

/** Request to the activity that watches a job. */
export interface WatchRequest {
  jobId: string;
  /** The status that the wait last saw. */
  status: string;
  /** Duration of the watch, in milliseconds from the scheduling of the activity. */
  forMs: number;
  /** Shortest time between two calls about this job alone, in milliseconds. */
  gapMs: number;
  held: HeldDigests;
  files: FileSelection;
  maxResultBytes: number;
}

/** Answer of the activity that watches a job. */
export interface WatchAnswer {
  /** Check that saw another status of the job; null if the status did not change before the watch ended. */
  check: JobCheck | null;
  /**
   * When the watch last saw the job with its former status, in milliseconds since the epoch by the server's clock; null if it never did.
   */
  seenAt: number | null;
  /** The worker's offer of further watches; null if it no longer watches. */
  watch: WatchOffer | null;
}

/** Times of one watch, in milliseconds from its beginning. */
export interface WatchTimes {
  /** How long a worker may be silent before another worker takes over the watch. */
  leaseMs: number;
  /** When the worker ends the watch. */
  forMs: number;
  /** When the server ends the watch. */
  closeMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * Each renewal of a lease is an action, and each new watch adds six events to the history. Both become rarer as the wait gets older. Except for the
 * first, a lease is at most two thirds of the wait's age.
 */
const LEASES = [
  { untilAgeMs: 4 * MINUTE, leaseMs: MINUTE },
  { untilAgeMs: 10 * MINUTE, leaseMs: 2 * MINUTE },
  { untilAgeMs: 30 * MINUTE, leaseMs: 5 * MINUTE },
];

/** Lease of an older wait. */
const LONGEST_LEASE_MS = 10 * MINUTE;

/** Longest piece of a watch. */
const LONGEST_WATCH_MS = 24 * 60 * MINUTE;

/** Shortest piece of a watch, whatever comes after it. */
const SHORTEST_WATCH_MS = MINUTE;

/** Time that the worker has to answer after its watch, before the server ends the watch. */
const LEFT_TO_ANSWER_MS = 10 * SECOND;

/**
 * Computes the times of a watch. The arguments decide how long a watch lasts, never whether there is one.
 * @param leftMs Time until the next limit of the wait, at which the server ends the watch; Infinity without a limit
 * @param countMs Time until the files at each node are counted next
 */
export function watchTimes(ageMs: number, leftMs: number, countMs = Infinity): WatchTimes {
  const step = LEASES.find(({ untilAgeMs, leaseMs }) => untilAgeMs - ageMs >= leaseMs);
  const forMs = Math.min(step ? step.untilAgeMs - ageMs : LONGEST_WATCH_MS, Math.max(SHORTEST_WATCH_MS, countMs));
  const closeMs = Math.min(forMs + LEFT_TO_ANSWER_MS, leftMs);
  return { leaseMs: step?.leaseMs ?? LONGEST_LEASE_MS, forMs, closeMs };
}

/** Reads the offer in the answer of a check; null if there is none, as in the answer of an older worker or of a mock. */
function readOffer(watch: unknown): WatchOffer | null {
  const { tickMs }: { tickMs?: unknown } = isObject(watch) ? watch : {};
  return typeof tickMs === 'number' && tickMs > 0 ? { tickMs } : null;
}

export function isWatchAnswer(answer: unknown): answer is WatchAnswer {
  if (!isObject(answer)) return false;
  const { check, seenAt } = answer as Partial<Record<keyof WatchAnswer, unknown>>;
  return (check === null || isObject(check)) && (seenAt === null || typeof seenAt === 'number');
}

/** A watch that ends earlier without a change of the job is a failed one. In milliseconds. Histories depend on it. */
const ENDS_AFTER_MS = 30_000;

/**
 * Whether an answer came before the end of the watch, saw no other status, and offers the next watch. A worker of this package never answers like
 * this, and the wait would schedule one watch after another.
 */
export function isTooSoon({ job }: WaitState, { check, watch }: WatchAnswer, lastedMs: number): boolean {
  return lastedMs < ENDS_AFTER_MS && readOffer(watch) !== null && (!check || check.job.status === job?.status);
}

const NONE: WatchState = Object.freeze({ offer: null, since: null, failures: 0, checksBefore: 0 });

/**
 * Whether a worker can watch the job in place of the schedule: the worker has offered to, no check is planned, and no other gap is set. A worker
 * makes no offer for a status that it does not know: checks use up the budget of such a status.
 */
export function isWatchable(state: WaitState): boolean {
  const { watch, nextCheckAt, hints } = state;
  if (!watch?.offer || watch.checksBefore > 0 || nextCheckAt !== null) return false;
  return !hints.pending && hints.safetyGapMs === null;
}

/** State of the watch after a check. Absent if no worker ever offered to watch. */
export function watchAfterCheck({ watch }: WaitState): { watch?: WatchState } {
  return watch ? { watch: { ...watch, offer: null, since: null } } : {};
}

/** State of the watch after an answered check. */
export function watchAfterAnswer({ watch }: WaitState, check: JobCheck): { watch?: WatchState } {
  const offer = readOffer(check.watch);
  if (!watch && !offer) return {};
  const { checksBefore, ...before } = watch ?? NONE;
  return { watch: { ...before, offer, checksBefore: Math.max(0, checksBefore - 1) } };
}

/** Records that a watch, or its next piece, begins. */
export function watching(state: WaitState, now: number): WaitState {
  const watch = state.watch ?? NONE;
  return { ...state, watch: { ...watch, since: watch.since ?? now } };
}

/** Records the report of a watch. It shows that watches work. */
export function watched(state: WaitState, { seenAt, watch }: WatchAnswer, now: number): WaitState {
  const before = state.lastUnfinishedCheckAt;
  const lastUnfinishedCheckAt = seenAt === null ? before : Math.max(before ?? 0, Math.min(now, seenAt));
  const offer = readOffer(watch);
  return { ...state, lastUnfinishedCheckAt, watch: { ...(state.watch ?? NONE), offer, failures: 0 } };
}

/** A watch that lasted this long before it failed shows that watches work. In milliseconds. Histories depend on it. */
const WORKS_AFTER_MS = 5 * MINUTE;

/** Maximum number of checks by the schedule between two watches that fail. Histories depend on it. */
const MAX_CHECKS_BETWEEN = 16;

/**
 * Records that a watch failed: it ended neither by what it saw nor by its time. The schedule takes over for one check, after a second failure in a
 * row for two, then for four, and so on. So a watch that fails at once does not become a loop.
 */
export function watchFailed(state: WaitState, failed: FailedCall, now: number): WaitState {
  const { failures: before, since, ...watch } = state.watch ?? NONE;
  const hasWorked = !isNotTaken(failed) && since !== null && now - since >= WORKS_AFTER_MS;
  const failures = hasWorked ? 0 : before;
  const checksBefore = Math.min(2 ** failures, MAX_CHECKS_BETWEEN);
  return { ...state, watch: { ...watch, since: null, failures: failures + 1, checksBefore } };
}
