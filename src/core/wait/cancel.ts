import { callErrorOf, type CallErrorSummary, type FailedCall, hadNoEffect, summarizeError } from '../call-error';
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

/** Outcome of one cancel request: why it failed, or undefined if the API accepted it. */
export type CancelAnswer = FailedCall | undefined;

type CancelDecision =
  /** Ask the API to stop the job. */
  | { do: 'ask'; timeoutMs: number }
  | { do: 'poll'; timeoutMs: number }
  | { do: 'sleep'; until: number }
  /** The job has ended, or nothing more can be found out. */
  | { do: 'over' };

/** How long one request may take. */
const LONGEST_ASK_MS = 60_000;

/** Even at the end of the confirm limit, the last check may take this long. */
const SHORTEST_CHECK_MS = 30_000;

/**
 * Shortest gap between checks during a cancel. A cancelled workflow cannot continue as new, and a refused request makes 17 events with its check and
 * its pause. Within the longest confirm limit, one hour, these are at most 12,240 events. A server terminates a workflow at 51,200.
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
export function asked(state: WaitState, failed: CancelAnswer, now: number): WaitState {
  if (!state.cancel) return state;
  const { cancel } = state;
  return {
    ...state,
    cancel: {
      ...cancel,
      asks: cancel.asks + 1,
      lastAskAt: now,
      accepted: cancel.accepted || failed === undefined,
      unclear: cancel.unclear || (failed !== undefined && !hadNoEffect(failed)),
      error: failed === undefined ? cancel.error : { ...callErrorOf(failed), at: now },
    },
  };
}

/**
 * Sends the request, checks at once, and then checks until the job has ended or the confirm limit has passed. A request that was not accepted is
 * repeated with each check, whoever refused it: a job that is still running costs money. An accepted request is also repeated, at growing gaps: only
 * its status shows that it was accepted, and the answer may not have come from the API.
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
  const halfway = cancel.since + options.confirmLimit / 2; // however long the gap, one check comes while a request can still be repeated
  const next = state.nextCheckAt ?? Math.min(endedAt + gap, cancel.accepted && endedAt < halfway ? halfway : deadline);
  if (next > now) return { do: 'sleep', until: next };
  return !cancel.accepted && left > 0 ? ask : poll;
}

/**
 * Shortest time before an accepted cancel is repeated, in milliseconds. Each later gap is as long as all earlier ones together. Histories depend on
 * it.
 */
const SHORTEST_TRUST_MS = 15_000;

/** Whether an accepted request is repeated: a check has just seen the job still running, and the last request was long enough ago. */
function isDoubtful(
  { lastCheck, nextCheckAt }: WaitState,
  { accepted, since, lastAskAt }: CancelState,
  now: number,
): boolean {
  const isJustSeen = lastCheck?.outcome === 'answer' && nextCheckAt === null;
  return accepted && isJustSeen && now - lastAskAt >= Math.max(SHORTEST_TRUST_MS, lastAskAt - since);
}

/** Whether the wait itself stopped a STOPPED job. It did not if the API refused each request. */
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
