import { type CallError, type CallErrorSummary, summarizeError } from '../call-error';
import { isPassing } from '../errors';
import { isoTime } from '../instant';
import { isTerminal } from '../job';
import type { WaitOptions } from './options';
import { type CancelState, verdictOfState, type WaitState } from './state';

/** What a wait reports about cancelling the job. */
export interface CancelReport {
  /** When the first request was sent, ISO-8601. */
  since: string;
  /** Number of requests to the API. */
  asks: number;
  /** Whether the API accepted the request. */
  accepted: boolean;
  /** Whether a later check saw the job in a terminal status. If not, it may still be running. */
  confirmed: boolean;
  /** Error of the last request that failed; null if none failed. */
  lastError: CallErrorSummary | null;
}

/** What came of asking once: undefined where the API took it. */
export type CancelAnswer = CallError | undefined;

type CancelDecision =
  /** Ask the API to stop the job. */
  | { do: 'ask'; timeoutMs: number }
  | { do: 'poll'; timeoutMs: number }
  | { do: 'sleep'; until: number }
  /** The job is at an end, or nothing more can be found out. */
  | { do: 'over' };

/** How long one request may take. */
const LONGEST_ASK_MS = 60_000;

/** Also at the end of the confirm limit, a last check gets this long. */
const SHORTEST_CHECK_MS = 30_000;

/**
 * A cancelled workflow can't continue as new, and a request that is refused makes 17 events with its look and its pause: the longest confirm
 * limit of an hour comes to 12,240 at most, of the 51,200 at which a server terminates a workflow.
 */
const SHORTEST_GAP_MS = 5_000;

export function beginCancel(state: WaitState, now: number): WaitState {
  return {
    ...state,
    cancel: { since: now, asks: 0, lastAskAt: now, accepted: false, unclear: false, error: null },
    nextCheckAt: null,
  };
}

/** Records the outcome of one cancel request. */
export function asked(state: WaitState, error: CancelAnswer, now: number): WaitState {
  if (!state.cancel) return state;
  const { cancel } = state;
  return {
    ...state,
    cancel: {
      ...cancel,
      asks: cancel.asks + 1,
      lastAskAt: now,
      accepted: cancel.accepted || error === undefined,
      unclear: cancel.unclear || (error?.retryable === true && !isRefused(error)),
      error: error === undefined ? cancel.error : { ...error, at: now },
    },
  };
}

/** A request that the API answered with a 4xx had no effect, also where the error may pass. */
function isRefused({ api }: CallError): boolean {
  return api !== null && isPassing(api);
}

/**
 * Asks, looks at once, and then looks until the job is at an end or the confirm limit has passed. A request that was not taken is repeated
 * with each look: no matter who refused it, a job that is seen running costs money. One that was taken is repeated, too, at growing gaps: a success
 * is believed by its status alone, and it may not have come from the API.
 */
export function decideCancel(
  state: WaitState,
  cancel: CancelState,
  options: Pick<WaitOptions, 'confirmLimit' | 'minimumGap'>,
  now: number,
): CancelDecision {
  if (isTerminal(verdictOfState(state))) return { do: 'over' };
  const deadline = cancel.since + options.confirmLimit;
  const left = deadline - now;
  const ask = { do: 'ask', timeoutMs: Math.max(1_000, Math.min(LONGEST_ASK_MS, left)) } as const;
  if (cancel.asks === 0) return ask;
  const lastCheckAt = state.lastCheck?.begunAt ?? -Infinity;
  const poll = { do: 'poll', timeoutMs: Math.max(SHORTEST_CHECK_MS, left) } as const;
  if (lastCheckAt < cancel.lastAskAt) return poll;
  if (lastCheckAt >= deadline) return { do: 'over' };
  if (left > 0 && isDoubtful(state, cancel, now)) return ask;
  const gap = Math.max(options.minimumGap, SHORTEST_GAP_MS);
  const endedAt = state.lastCheck?.endedAt ?? now;
  const halfway = cancel.since + options.confirmLimit / 2; // however long the gap, a look comes while a request can still be repeated
  const next = state.nextCheckAt ?? Math.min(endedAt + gap, cancel.accepted && endedAt < halfway ? halfway : deadline);
  if (next > now) return { do: 'sleep', until: next };
  return !cancel.accepted && left > 0 ? ask : poll;
}

/**
 * Shortest time before an accepted cancel is repeated, in milliseconds; each later gap is as long as all before it together. Histories depend
 * on it.
 */
const SHORTEST_TRUST_MS = 15_000;

/** Whether a look has just seen a job go on that took the request, and so long ago that it is asked once more. */
function isDoubtful(
  { lastCheck, nextCheckAt }: WaitState,
  { accepted, since, lastAskAt }: CancelState,
  now: number,
): boolean {
  const isJustSeen = lastCheck?.outcome === 'answer' && nextCheckAt === null;
  return accepted && isJustSeen && now - lastAskAt >= Math.max(SHORTEST_TRUST_MS, lastAskAt - since);
}

/** Whether a job that is STOPPED was stopped by us: an API that refused each request did not do it. */
export function isOurStop({ accepted, unclear }: CancelState): boolean {
  return accepted || unclear;
}

export function cancelReport(state: WaitState): CancelReport | null {
  const { cancel } = state;
  if (!cancel) return null;
  return {
    since: isoTime(cancel.since),
    asks: cancel.asks,
    accepted: cancel.accepted,
    confirmed: isTerminal(verdictOfState(state)),
    lastError: cancel.error && summarizeError(cancel.error),
  };
}
