import { chance } from '../chance';
import type { WaitState } from './state';

/** What a hint may say. It is never taken for truth, only as a reason to look. */
export interface CheckNowHint {
  /** Gap until the next check in milliseconds, from now on instead of the schedule; null returns to the schedule. */
  safetyGapMs?: number | null;
}

/** A hint came: one more check, at once or, during a check, after it. */
export function hinted(state: WaitState, hint: CheckNowHint = {}): WaitState {
  const safetyGapMs = hint.safetyGapMs === undefined ? state.hints.safetyGapMs : hint.safetyGapMs;
  return { ...state, hints: { ...state.hints, received: state.hints.received + 1, pending: true, safetyGapMs } };
}

/** The next check is planned for `at`. */
export function planned(state: WaitState, at: number): WaitState {
  return { ...state, nextCheckAt: at };
}

/** The timer of the plan fired: it is time, whatever the plan would be if it were made now. */
export function due(state: WaitState, now: number): WaitState {
  return { ...state, nextCheckAt: now };
}

/** From 0 to 1, for the gap after the last check: a hash of what is waited for and the number of the check, the same in every replay. */
export function checkChance({ jobId, awaited, checks }: WaitState): number {
  return chance(`${jobId ?? `${awaited?.workflowId ?? ''} ${awaited?.createdAfter ?? ''}`}/${checks}`);
}

/** A check begins: it answers a pending hint. */
export function checking(state: WaitState): WaitState {
  return { ...state, nextCheckAt: null, hints: { ...state.hints, pending: false, checking: state.hints.pending } };
}
