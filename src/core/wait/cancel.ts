import { type CheckError, type CheckErrorSummary, summaryOf } from '../call-error';
import { isoTime } from '../instant';
import { isTerminal } from '../job';
import type { WaitOptions } from './options';
import { type CancelState, verdictOfState, type WaitState } from './state';

/** What a wait tells of its cancelling of the job. */
export interface CancelAccount {
  /** When the API was first asked, ISO-8601. */
  since: string;
  asks: number;
  /** Whether it took the request. */
  accepted: boolean;
  /** Whether the job was seen at an end since. Where not, it may still run. */
  confirmed: boolean;
  lastError: CheckErrorSummary | null;
}

/** What came of asking once: undefined where the API took it. */
export type CancelAnswer = CheckError | undefined;

export type CancelDecision =
  /** Ask the API to stop the job. */
  | { do: 'ask'; timeoutMs: number }
  | { do: 'poll'; timeoutMs: number }
  | { do: 'sleep'; until: number }
  /** The job is at an end, or nothing more is to be had. */
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

/** The API answered, or did not, a request that was sent. */
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
      unclear: cancel.unclear || error?.retryable === true,
      error: error === undefined ? cancel.error : { ...error, at: now },
    },
  };
}

/**
 * Asks, looks at once, and then looks until the job is at an end or the confirm limit has passed. A request that was not taken is repeated
 * with each look: whoever refused it, a job that is seen running costs money.
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
  const gap = Math.max(options.minimumGap, SHORTEST_GAP_MS);
  const next = state.nextCheckAt ?? Math.min((state.lastCheck?.endedAt ?? now) + gap, deadline);
  if (next > now) return { do: 'sleep', until: next };
  return !cancel.accepted && left > 0 ? ask : poll;
}

/** Whether a job that is STOPPED was stopped by us: an API that refused each request did not do it. */
export function isOurStop({ accepted, unclear }: CancelState): boolean {
  return accepted || unclear;
}

export function cancelAccountOf(state: WaitState): CancelAccount | null {
  const { cancel } = state;
  if (!cancel) return null;
  return {
    since: isoTime(cancel.since),
    asks: cancel.asks,
    accepted: cancel.accepted,
    confirmed: isTerminal(verdictOfState(state)),
    lastError: cancel.error && summaryOf(cancel.error),
  };
}
