import { chance } from '../chance';
import type { WaitState } from './state';

/** Content of a hint. It is never taken as the state of the job, only as a reason to check. */
export interface CheckNowHint {
  /** Gap between checks in milliseconds, from now on, in place of the schedule; null returns to the schedule. */
  safetyGapMs?: number | null;
}

/** Records a hint. It causes one more check: at once, or after the check in progress. */
export function hinted(state: WaitState, hint: CheckNowHint = {}): WaitState {
  const safetyGapMs = hint.safetyGapMs === undefined ? state.hints.safetyGapMs : hint.safetyGapMs;
  return { ...state, hints: { ...state.hints, received: state.hints.received + 1, pending: true, safetyGapMs } };
}

/** Records that the next check is planned for `at`. */
export function planned(state: WaitState, at: number): WaitState {
  return { ...state, nextCheckAt: at };
}

/** Records that the timer of the plan fired. The check is due, whatever a new plan would say. */
export function due(state: WaitState, now: number): WaitState {
  return { ...state, nextCheckAt: now };
}

/** A number from 0 to 1 for the gap after the last check: a hash of the awaited job and the number of the check. It is the same in every replay. */
export function checkChance({ jobId, awaited, checks }: WaitState): number {
  return chance(`${jobId ?? `${awaited?.workflowId ?? ''} ${awaited?.createdAfter ?? ''}`}/${checks}`);
}

/** Records that a check begins. The check answers a pending hint. */
export function checking(state: WaitState): WaitState {
  return { ...state, nextCheckAt: null, hints: { ...state.hints, pending: false, checking: state.hints.pending } };
}
