import type { SeenError } from '../call-error';
import { type FileSelection, type JobSummary, type NodeFile, selectFiles, type Verdict, verdictOf } from '../job';
import type { NodeStats } from '../job-details';
import type { Unserved } from '../unserved';
import type { AttributesOnServer } from '../attributes';
import type { HeldDigests, HeldList, Observation } from './job-check';
import type { WaitOptions } from './options';

/** A series of failures or statuses without a better outcome in between. */
export interface Streak {
  count: number;
  /** When the first of them was seen, in milliseconds since the epoch. */
  since: number;
}

/** Everything that a wait knows. Plain data, so that continue-as-new can carry it. Times are milliseconds since the epoch, workflow time. */
export interface WaitState {
  version: 1;
  /** null while the wait is for a job that has not appeared. */
  jobId: string | null;
  /** Set if the wait began without a job id. It waits for the first job of this workflow that is created since the given time. */
  awaited?: AwaitedJob | undefined;
  startedAt: number;
  files: FileSelection;
  /** Last answer, without its lists. */
  job: JobSummary | null;
  /** When the wait first saw the current status. */
  statusSince: number | null;
  queuedSince: number | null;
  runningSince: number | null;
  /** Time up to which the two clocks below are counted. */
  countedUntil: number;
  queuedMs: number;
  runningMs: number;
  inputFileIds: HeldList<string> | null;
  outputNodeFiles: HeldList<NodeFile> | null;
  /** Number of entries that could not be read, in the last answer with a list. Absent if there were none. */
  unreadableEntries?: number | undefined;
  checks: number;
  answers: number;
  lastCheck: { begunAt: number; endedAt: number; outcome: Observation['type'] } | null;
  /** When the last check that saw the job unfinished began. */
  lastUnfinishedCheckAt: number | null;
  nextCheckAt: number | null;
  /** Failed checks by failure type. */
  failures: Record<string, number>;
  lastError: SeenError | null;
  /** Checks since the last answer, whatever the reason why they brought none. */
  failing: Streak | null;
  /** The checks among them that failed with an error. The outage budget counts these. */
  outage: Streak | null;
  credentialFailing: Streak | null;
  /** Checks in a row that were refused with another 4xx that is not likely to pass. Absent before the first. */
  requestFailing?: Streak | null | undefined;
  /** When the API first reported that the job does not exist, since the last answered check. */
  jobNotFoundSince: number | null;
  unknownStatuses: Record<string, number>;
  unknown: Streak | null;
  /** The task queue whose workers take no check. Absent until that happens. */
  unserved?: Unserved | null | undefined;
  /** Search attributes. Absent until something is known about them. */
  attributes?: AttributesOnServer | undefined;
  /** Absent before a worker offers to watch the job. */
  watch?: WatchState | undefined;
  /** What is known about the files at each node. Absent before they are counted. */
  nodes?: NodesState | undefined;
  /** Set once the API is asked to stop the job. */
  cancel?: CancelState | undefined;
  hints: { received: number; pending: boolean; checking: boolean; checkSoon: boolean; safetyGapMs: number | null };
}

/** A cancel of the job. Plain data; times are milliseconds since the epoch, workflow time. */
export interface CancelState {
  since: number;
  /** Number of requests to the API. */
  asks: number;
  lastAskAt: number;
  /** Whether the API has accepted a request. */
  accepted: boolean;
  /** Whether a request that failed may have been accepted all the same. */
  unclear: boolean;
  /** Error of the last request that was not accepted. */
  error: SeenError | null;
}

/** A worker's offer to watch the job. The answer of a check carries it. */
export interface WatchOffer {
  /** Interval at which the worker looks at the jobs that it watches, in milliseconds. */
  tickMs: number;
}

/** What a wait knows about watches. Plain data; times are milliseconds since the epoch, workflow time. */
export interface WatchState {
  /** null if the last check brought no offer. */
  offer: WatchOffer | null;
  /** When the watch began, across all its pieces; null while the job is not watched. */
  since: number | null;
  /** Number of failed watches in a row. */
  failures: number;
  /** Number of checks before the next watch, after a failed one. */
  checksBefore: number;
}

/** What a wait knows about the files at each node of its job. Plain data; times are milliseconds since the epoch, workflow time. */
export interface NodesState {
  /** Whether the files are counted to be shown, even without a stall limit. */
  shown: boolean;
  /** When the counts were last requested; 0 if they never were. */
  askedAt: number;
  /** The last counts, as many as are shown; null before the first. */
  stats: NodeStats[] | null;
  /** Digest of all the last counts that were complete. */
  digest: string | null;
  /** Period in which the counts are known to be unchanged; null if it begins again with the next count. */
  unchanged: { since: number; until: number } | null;
  /** Whether that period is half of the stall limit or longer. */
  stalled: boolean;
  /** Why the last count failed; null if it succeeded. */
  error: string | null;
}

/** A job that another program starts and whose id is not known yet. */
export interface AwaitedJob {
  workflowId: string;
  /** ISO-8601 instant. */
  createdAfter: string;
}

/** What a wait is for: a job, or a job that has not appeared yet. */
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

/** Records that these options apply from now on. */
export function holding(state: WaitState, { files, safetyGap }: WaitOptions): WaitState {
  return { ...state, files, hints: { ...state.hints, safetyGapMs: state.hints.safetyGapMs ?? safetyGap } };
}

/** What the last status means; null if the job has not been seen. */
export function verdictOfState(state: WaitState): Verdict | null {
  return state.job && verdictOf(state.job.status);
}

/** Whether the awaited job has not appeared yet. */
export function isAbsent({ jobId }: WaitState): boolean {
  return jobId === null;
}

/** The job's id, in a wait that knows its job. Nothing is asked about a job that has not appeared. */
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
