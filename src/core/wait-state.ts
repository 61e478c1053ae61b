import { hold, type HeldList } from './held-list';
import { selectFiles, verdictOf, type FileSelection, type NodeFile, type Verdict } from './job';
import type { HeldDigests, JobCheck, JobSummary } from './job-check';
import { isCredentialError, isJobNotFound, noAnswerError, type CheckError, type Observation } from './observation';
import { increment } from './tally';

export type { CheckError, Observation } from './observation';

/** A row of failures or statuses with nothing better in between. */
export interface Streak {
  count: number;
  /** When the first of them was seen, in milliseconds since the epoch. */
  since: number;
}

/** A failed check, and when it ended, in milliseconds since the epoch. */
export interface SeenError extends CheckError {
  at: number;
}

/** All that a wait knows. Plain data, so that continue-as-new carries it whole. Times are milliseconds since the epoch, workflow time. */
export interface WaitState {
  version: 1;
  jobId: string;
  startedAt: number;
  files: FileSelection;
  /** Last answer, without its lists. */
  job: JobSummary | null;
  /** When the wait first saw the present status. */
  statusSince: number | null;
  queuedSince: number | null;
  runningSince: number | null;
  /** Up to when the two clocks below are counted. */
  countedUntil: number;
  queuedMs: number;
  runningMs: number;
  inputFileIds: HeldList<string> | null;
  outputNodeFiles: HeldList<NodeFile> | null;
  checks: number;
  answers: number;
  lastCheck: { begunAt: number; endedAt: number; outcome: Observation['type'] } | null;
  /** When the last check began that saw the job not finished. */
  lastUnfinishedCheckAt: number | null;
  nextCheckAt: number | null;
  /** Failed checks by failure type. */
  failures: Record<string, number>;
  lastError: SeenError | null;
  /** Checks since the last answer, for whatever reason they brought none. */
  unanswered: Streak | null;
  /** Those of them that failed with an error: what the outage budget counts. */
  failing: Streak | null;
  credentialFailing: Streak | null;
  /** When the API first said that a job seen before does not exist. */
  jobNotFoundSince: number | null;
  unknownStatuses: Record<string, number>;
  unknown: Streak | null;
  hints: { received: number; pending: boolean; checking: boolean; checkSoon: boolean; safetyGapMs: number | null };
}

/** What a hint may say. It is never taken for truth, only as a reason to look. */
export interface CheckNowHint {
  /** Gap until the next check in milliseconds, from now on instead of the schedule; null returns to the schedule. */
  safetyGapMs?: number | null;
}

export interface WaitStart {
  jobId: string;
  files: FileSelection;
  safetyGapMs: number | null;
  /** Output node files known from the launch. */
  launchFiles?: NodeFile[];
}

export function startWait({ jobId, files, safetyGapMs, launchFiles }: WaitStart, now: number): WaitState {
  return {
    version: 1,
    jobId,
    startedAt: now,
    files,
    job: null,
    statusSince: null,
    queuedSince: null,
    runningSince: null,
    countedUntil: now,
    queuedMs: 0,
    runningMs: 0,
    inputFileIds: null,
    outputNodeFiles: launchFiles
      ? { entries: selectFiles(launchFiles, files), total: launchFiles.length, digest: null, confirmedAt: 0 }
      : null,
    checks: 0,
    answers: 0,
    lastCheck: null,
    lastUnfinishedCheckAt: null,
    nextCheckAt: null,
    failures: {},
    lastError: null,
    unanswered: null,
    failing: null,
    credentialFailing: null,
    jobNotFoundSince: null,
    unknownStatuses: {},
    unknown: null,
    hints: { received: 0, pending: false, checking: false, checkSoon: false, safetyGapMs },
  };
}

/** What the last answer means; null while the job was not seen. */
export function verdictOfState(state: WaitState): Verdict | null {
  return state.job && verdictOf(state.job.status);
}

export function isTerminal(verdict: Verdict | null): verdict is 'completed' | 'stopped' | 'failed' {
  return verdict === 'completed' || verdict === 'stopped' || verdict === 'failed';
}

export function digestsHeld(state: WaitState): HeldDigests {
  const held: HeldDigests = {};
  if (state.inputFileIds?.digest) held.inputFileIds = state.inputFileIds.digest;
  if (state.outputNodeFiles?.digest) held.outputNodeFiles = state.outputNodeFiles.digest;
  return held;
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

/** A check begins: it answers a pending hint. */
export function checking(state: WaitState): WaitState {
  return { ...state, nextCheckAt: null, hints: { ...state.hints, pending: false, checking: state.hints.pending } };
}

/** The check that began at `begunAt` ended `now`. */
export function observe(state: WaitState, observation: Observation, begunAt: number, now: number): WaitState {
  const counted = countTime(state, now);
  const base: WaitState = {
    ...counted,
    nextCheckAt: null,
    checks: state.checks + 1,
    lastCheck: { begunAt, endedAt: now, outcome: observation.type },
    hints: { ...state.hints, checking: false, checkSoon: state.hints.checking },
  };
  switch (observation.type) {
    case 'answer':
      return observeAnswer(base, observation.check, begunAt, now);
    case 'error':
      return observeError(base, observation.error, now);
    case 'noAnswer':
      return noteFailure(base, noAnswerError(observation.timeoutType), now);
  }
}

function observeAnswer(
  state: WaitState,
  { job, inputFileIds, outputNodeFiles }: JobCheck,
  begunAt: number,
  now: number,
): WaitState {
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
    inputFileIds: hold(state.inputFileIds, inputFileIds, answers),
    outputNodeFiles: hold(state.outputNodeFiles, outputNodeFiles, answers),
    unanswered: null,
    failing: null,
    credentialFailing: null,
    jobNotFoundSince: null,
    unknownStatuses: known ? state.unknownStatuses : increment(state.unknownStatuses, job.status),
    unknown: known ? null : extend(state.unknown, now),
  };
}

function observeError(state: WaitState, error: CheckError, now: number): WaitState {
  return {
    ...noteFailure(state, error, now),
    failing: extend(state.failing, now),
    credentialFailing: isCredentialError(error) ? extend(state.credentialFailing, now) : null,
    jobNotFoundSince: isJobNotFound(error) ? (state.jobNotFoundSince ?? now) : state.jobNotFoundSince,
  };
}

/** What people see of a check that brought no answer. */
function noteFailure(state: WaitState, error: CheckError, now: number): WaitState {
  return {
    ...state,
    failures: increment(state.failures, error.type),
    lastError: { ...error, at: now },
    unanswered: extend(state.unanswered, now),
  };
}

/** Adds the time since the last observation to the clock of the status that held in it. */
function countTime(state: WaitState, now: number): WaitState {
  const ms = Math.max(0, now - state.countedUntil);
  const verdict = verdictOfState(state);
  return {
    ...state,
    countedUntil: now,
    queuedMs: state.queuedMs + (verdict === 'queued' ? ms : 0),
    runningMs: state.runningMs + (verdict === 'running' ? ms : 0),
  };
}

function extend(streak: Streak | null, now: number): Streak {
  return streak ? { ...streak, count: streak.count + 1 } : { count: 1, since: now };
}
