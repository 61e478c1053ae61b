import type { SeenError } from '../call-error';
import { type FileSelection, type JobSummary, type NodeFile, selectFiles, type Verdict, verdictOf } from '../job';
import type { NodeStats } from '../job-details';
import type { Unserved } from '../unserved';
import type { AttributesOnServer } from '../attributes';
import type { HeldDigests, HeldList, Observation } from './job-check';
import type { WaitOptions } from './options';

/** A row of failures or statuses with nothing better in between. */
export interface Streak {
  count: number;
  /** When the first of them was seen, in milliseconds since the epoch. */
  since: number;
}

/** All that a wait knows. Plain data, so that continue-as-new carries it whole. Times are milliseconds since the epoch, workflow time. */
export interface WaitState {
  version: 1;
  /** null while the wait is for a job that has not appeared. */
  jobId: string | null;
  /** Set where the wait began without a job: the first one of this workflow created since is waited for. */
  awaited?: AwaitedJob | undefined;
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
  /** Entries that could not be read, in the last answer with a list. Absent where there were none. */
  unreadableEntries?: number | undefined;
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
  failing: Streak | null;
  /** Those of them that failed with an error, one after another: what the outage budget counts. */
  outage: Streak | null;
  credentialFailing: Streak | null;
  /** The same of other 4xx that don't say that they pass. Absent before the first. */
  requestFailing?: Streak | null | undefined;
  /** When the API first said that a job seen before does not exist. */
  jobNotFoundSince: number | null;
  unknownStatuses: Record<string, number>;
  unknown: Streak | null;
  /** The task queue whose workers take no check. Absent before that happened. */
  unserved?: Unserved | null | undefined;
  /** Search attributes. Absent until something is known of them. */
  attributes?: AttributesOnServer | undefined;
  /** Absent before a worker offers to watch the job. */
  watch?: WatchState | undefined;
  /** What is known of the files at each node. Absent before they are counted. */
  nodes?: NodesState | undefined;
  /** Set once the API is asked to stop the job. */
  cancel?: CancelState | undefined;
  hints: { received: number; pending: boolean; checking: boolean; checkSoon: boolean; safetyGapMs: number | null };
}

/** A job that the API was asked to stop. Plain data; times are milliseconds since the epoch, workflow time. */
export interface CancelState {
  since: number;
  /** Number of requests to the API. */
  asks: number;
  lastAskAt: number;
  /** Whether it ever took the request. */
  accepted: boolean;
  /** Whether a request failed that it may have taken all the same. */
  unclear: boolean;
  /** What the last request that it did not take failed with. */
  error: SeenError | null;
}

/** A worker offers to watch the job: what the answer of a check carries. */
export interface WatchOffer {
  /** How often the worker looks at what it watches, in milliseconds. */
  tickMs: number;
}

/** What a wait knows of watches. Plain data; times are milliseconds since the epoch, workflow time. */
export interface WatchState {
  /** null where the last check was not answered by a worker that watches. */
  offer: WatchOffer | null;
  /** Since when the job is watched, in one piece after the other; null while it is not. */
  since: number | null;
  /** Watches in a row that ended for another reason than the job. */
  failures: number;
  /** How many checks there are before the next watch, after such an end. */
  checksBefore: number;
}

/** What a wait knows of the files at each node of its job. Plain data; times are milliseconds since the epoch, workflow time. */
export interface NodesState {
  /** Whether they are counted to be shown, also without a stall limit. */
  shown: boolean;
  /** When they were last asked for; 0 before. */
  askedAt: number;
  /** The last counts, as many as are shown; null before there were any. */
  stats: NodeStats[] | null;
  /** Of all the last counts that were whole. */
  digest: string | null;
  /** Since when these are known to stand, and until when; null where that begins again with the next count. */
  unchanged: { since: number; until: number } | null;
  /** Whether that is half of the stall limit or longer. */
  stalled: boolean;
  /** Why the last count brought none; null where it did. */
  error: string | null;
}

/** A job that another program starts and whose id is not known yet. */
export interface AwaitedJob {
  workflowId: string;
  /** ISO-8601 instant. */
  createdAfter: string;
}

/** What a wait is for: a job, or one that is not there yet. */
export type WaitSubject = { jobId: string; awaited?: undefined } | { jobId: null; awaited: AwaitedJob };

export type WaitStart = WaitSubject & {
  files: FileSelection;
  safetyGapMs: number | null;
  /** Output node files known at the start. */
  knownFiles?: NodeFile[] | undefined;
};

export function startWait({ jobId, awaited, files, safetyGapMs, knownFiles }: WaitStart, now: number): WaitState {
  return {
    version: 1,
    jobId,
    ...(awaited && { awaited }),
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
    outputNodeFiles: knownFiles
      ? { entries: selectFiles(knownFiles, files), total: knownFiles.length, digest: null, confirmedAt: 0 }
      : null,
    checks: 0,
    answers: 0,
    lastCheck: null,
    lastUnfinishedCheckAt: null,
    nextCheckAt: null,
    failures: {},
    lastError: null,
    failing: null,
    outage: null,
    credentialFailing: null,
    jobNotFoundSince: null,
    unknownStatuses: {},
    unknown: null,
    hints: { received: 0, pending: false, checking: false, checkSoon: false, safetyGapMs },
  };
}

/** From now on these options hold. */
export function holding(state: WaitState, { files, safetyGap }: WaitOptions): WaitState {
  return { ...state, files, hints: { ...state.hints, safetyGapMs: state.hints.safetyGapMs ?? safetyGap } };
}

/** What the last answer means; null while the job was not seen. */
export function verdictOfState(state: WaitState): Verdict | null {
  return state.job && verdictOf(state.job.status);
}

/** Whether the job that is waited for has not appeared yet. */
export function isAbsent({ jobId }: WaitState): boolean {
  return jobId === null;
}

/** The job's id, of a wait that knows its job: nothing is asked of a job that has not appeared. */
export function jobIdIn({ jobId }: WaitState): string {
  if (jobId === null) throw new Error('The job that is waited for has not appeared yet');
  return jobId;
}

export function digestsHeld(state: WaitState): HeldDigests {
  const held: HeldDigests = {};
  if (state.inputFileIds?.digest) held.inputFileIds = state.inputFileIds.digest;
  if (state.outputNodeFiles?.digest) held.outputNodeFiles = state.outputNodeFiles.digest;
  return held;
}
