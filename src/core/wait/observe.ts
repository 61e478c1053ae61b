import { type CallError, isCredentialError, isJobNotFound, isRequestError, noAnswerError } from '../call-error';
import { isTerminal, type JobSummary, verdictOf } from '../job';
import { hold, type JobCheck, type Observation } from './job-check';
import { nodesAfterAnswer } from './node-counts';
import { isAbsent, type Streak, verdictOfState, type WaitState } from './state';
import { watchAfterAnswer, watchAfterCheck } from './watch';

/** The fields that every answer resets. */
const ANSWERED = {
  failing: null,
  outage: null,
  credentialFailing: null,
  requestFailing: null,
  jobNotFoundSince: null,
} as const;

/** Records that the check that began at `begunAt` ended `now`. */
export function observe(state: WaitState, observation: Observation, begunAt: number, now: number): WaitState {
  const counted = countTime(state, now);
  const base: WaitState = {
    ...counted,
    nextCheckAt: null,
    checks: state.checks + 1,
    lastCheck: { begunAt, endedAt: now, outcome: observation.type },
    hints: { ...state.hints, checking: false, checkSoon: state.hints.checking },
    ...watchAfterCheck(state),
  };
  switch (observation.type) {
    case 'absent':
      return { ...base, ...ANSWERED, answers: state.answers + 1, lastUnfinishedCheckAt: begunAt };
    case 'appeared':
      return { ...base, ...ANSWERED, answers: state.answers + 1, jobId: observation.jobId, nextCheckAt: now };
    case 'answer':
      return observeAnswer(base, observation.check, begunAt, now);
    case 'error':
      return observeError(base, observation.error, now);
    case 'noAnswer':
      return noteFailure(base, noAnswerError(observation.timeoutType), now);
  }
}

/** Records what a watch saw. However late the workflow learns of it, the watch saw it before the limit that would have ended the watch. */
export function observeByWatch(
  state: WaitState,
  observation: Observation,
  limitAt: number | null,
  now: number,
): WaitState {
  return observe(state, observation, Math.min(now, (limitAt ?? Infinity) - 1), now);
}

/** Records an answer to a question about the job other than a check. */
export function answered(state: WaitState): WaitState {
  return { ...state, ...ANSWERED };
}

/**
 * Records the job in the answer to its start, which was sent at `sentAt`. No check is needed to see that the job is queued or running. A terminal
 * status is left to a check.
 */
export function seenAtStart(state: WaitState, job: JobSummary, sentAt: number, now: number): WaitState {
  const verdict = verdictOf(job.status);
  if (verdict !== 'queued' && verdict !== 'running') return state;
  const { checks, answers } = state;
  const check = { job, inputFileIds: null, outputNodeFiles: null };
  return { ...observe(state, { type: 'answer', check }, sentAt, now), checks, answers };
}

function observeAnswer(state: WaitState, check: JobCheck, begunAt: number, now: number): WaitState {
  const { job, inputFileIds, outputNodeFiles, unreadableEntries = 0 } = check;
  const verdict = verdictOf(job.status);
  const answers = state.answers + 1;
  const known = verdict !== 'unknown';
  return {
    ...state,
    job,
    answers,
    statusSince: state.job?.status === job.status ? state.statusSince : now,
    queuedSince: verdict === 'queued' ? (state.queuedSince ?? now) : known ? null : state.queuedSince,
    runningSince: verdict === 'running' ? (state.runningSince ?? now) : known ? null : state.runningSince,
    lastUnfinishedCheckAt: isTerminal(verdict) ? state.lastUnfinishedCheckAt : begunAt,
    inputFileIds: hold(state.inputFileIds, inputFileIds, answers, unreadableEntries > 0),
    outputNodeFiles: hold(state.outputNodeFiles, outputNodeFiles, answers, unreadableEntries > 0),
    ...((inputFileIds || outputNodeFiles || unreadableEntries > 0) && { unreadableEntries }),
    ...ANSWERED,
    ...watchAfterAnswer(state, check),
    ...nodesAfterAnswer(state, job),
    unknownStatuses: known ? state.unknownStatuses : increment(state.unknownStatuses, job.status),
    unknown: known ? null : extend(state.unknown, now),
  };
}

function observeError(state: WaitState, error: CallError, now: number): WaitState {
  return {
    ...noteFailure(state, error, now),
    outage: extend(state.outage, now),
    credentialFailing: isCredentialError(error) ? extend(state.credentialFailing, now) : null,
    requestFailing: isRequestError(error) ? extend(state.requestFailing ?? null, now) : null,
    jobNotFoundSince: isJobNotFound(error) ? (state.jobNotFoundSince ?? now) : state.jobNotFoundSince,
  };
}

/** Records a check without an answer, for the progress. */
function noteFailure(state: WaitState, error: CallError, now: number): WaitState {
  return {
    ...state,
    failures: increment(state.failures, error.type),
    lastError: { ...error, at: now },
    failing: extend(state.failing, now),
  };
}

/** Adds the time since the last observation to the clock of the status that the job had in that time. */
function countTime(state: WaitState, now: number): WaitState {
  const ms = Math.max(0, now - state.countedUntil);
  const verdict = verdictOfState(state);
  return {
    ...state,
    countedUntil: now,
    queuedMs: state.queuedMs + (verdict === 'queued' || isAbsent(state) ? ms : 0),
    runningMs: state.runningMs + (verdict === 'running' ? ms : 0),
  };
}

function extend(streak: Streak | null, now: number): Streak {
  return streak ? { ...streak, count: streak.count + 1 } : { count: 1, since: now };
}

/** Bounds of a tally: how many names it holds before new names count as `other`, and how many characters of a name it keeps. */
export const TALLY_BOUNDS = Object.freeze({ names: 20, characters: 60 });

/** Counts a name. Names come from outside, so both their number and their length are bounded. */
export function increment(tally: Record<string, number>, name: string): Record<string, number> {
  const short = name.slice(0, TALLY_BOUNDS.characters);
  const isFull = Object.keys(tally).length >= TALLY_BOUNDS.names;
  const key = isFull && !Object.hasOwn(tally, short) ? 'other' : short;
  const before = Object.hasOwn(tally, key) ? tally[key] : undefined;
  return { ...tally, [key]: (before ?? 0) + 1 };
}
