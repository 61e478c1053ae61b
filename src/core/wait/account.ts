import { isoTime } from '../instant';
import { isTerminal, type JobSummary, type NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import { type UnservedQueue, unservedQueue } from '../unserved';
import { type BudgetEnds, NO_BUDGET_ENDS } from './budgets';
import { type CancelAccount, cancelAccount } from './cancel';
import type { HeldList } from './job-check';
import { type AwaitedJob, verdictOfState, type WaitState } from './state';

/** What a wait did and saw. Times of day are ISO-8601 in UTC, workflow time; durations are milliseconds. */
export interface WaitAccount {
  startedAt: string;
  endedAt: string;
  /** Checks that ended, the failed ones and failed questions about documents included. Temporal's retries within one do not count. */
  checks: number;
  /** Failed checks by failure type. */
  failures: Record<string, number>;
  /** Statuses that this version does not know, and how often each was seen. */
  unknownStatuses: Record<string, number>;
  /** Entries of the job's lists that could not be read in the last answer with a list, and are left out. */
  unreadableEntries: number;
  /** How long the job was seen SCHEDULED, or was awaited before it was there. */
  queuedMs: number;
  /** How long it was seen IN_PROGRESS. */
  runningMs: number;
  /** Hints received. */
  hints: number;
  /**
   * How old the completion can be at most when it was noticed: the time since the begin of the last check that saw the job not
   * finished. null where the first answer was already terminal.
   */
  noticedWithinMs: number | null;
}

/** Where the result's list of output node files came from: the terminal answer, an earlier one, the caller, or nowhere. */
export type FilesSource = 'answer' | 'earlierAnswer' | 'start' | 'none';

/** Result of a wait for a job that COMPLETED. */
export interface AwaitJobResult {
  job: JobSummary;
  /** null where no answer carried the list, or `files` is `'none'`. */
  inputFileIds: string[] | null;
  /** Selected by the option `files`; empty where `outputNodeFilesSource` is `'none'`. */
  outputNodeFiles: NodeFile[];
  outputNodeFilesSource: FilesSource;
  /** How many output node files the job has before the selection. */
  outputNodeFilesTotal: number;
  /** What the API says of the job's documents; null where nobody asked (`failedFiles: 'off'`) or it did not tell. */
  documents: DocumentsOutcome | null;
  /** Why it did not tell, or not for certain, as where its details lag behind the job; null where it did, or nobody asked. */
  documentsError: string | null;
  wait: WaitAccount;
}

/** Documents of a job that failed. */
export interface FailedFiles {
  /** At most those that fit into a result; the total stands beside it. */
  failedFiles: FailedFile[];
  /** null where documents failed, or may have, and the API did not name them, or not all by then. */
  failedFilesTotal: number | null;
}

/** What became of a COMPLETED job's documents. */
export interface DocumentsOutcome extends FailedFiles {
  /** The API's `processing_status`: `SUCCESS`, `COMPLETED_WITH_ERRORS`, or another. Not the enum of `job.status`. */
  processingStatus: string;
}

/** What a COMPLETED job's documents were asked for, and what came of it. */
export type DocumentsTold = Pick<AwaitJobResult, 'documents' | 'documentsError'>;

export const NOT_ASKED: DocumentsTold = Object.freeze({ documents: null, documentsError: null });

export function waitAccount(state: WaitState, now: number): WaitAccount {
  return {
    startedAt: isoTime(state.startedAt),
    endedAt: isoTime(now),
    checks: state.checks,
    failures: state.failures,
    unknownStatuses: state.unknownStatuses,
    unreadableEntries: state.unreadableEntries ?? 0,
    queuedMs: state.queuedMs,
    runningMs: state.runningMs,
    hints: state.hints.received,
    noticedWithinMs: noticedWithin(state),
  };
}

/** A job at an end was noticed when its status was first seen; questions about its documents may have come since. */
function noticedWithin(state: WaitState): number | null {
  const { lastUnfinishedCheckAt, lastCheck, statusSince } = state;
  if (lastUnfinishedCheckAt === null || lastCheck === null) return null;
  const seenAt = isTerminal(verdictOfState(state)) ? statusSince : null;
  return (seenAt ?? lastCheck.endedAt) - lastUnfinishedCheckAt;
}

export function waitResult(
  state: WaitState,
  job: JobSummary,
  now: number,
  told: DocumentsTold = NOT_ASKED,
): AwaitJobResult {
  const { inputFileIds, outputNodeFiles } = state;
  return {
    job,
    inputFileIds: state.files === 'none' ? null : (inputFileIds?.entries ?? null),
    outputNodeFiles: outputNodeFiles?.entries ?? [],
    outputNodeFilesSource: listSource(state, outputNodeFiles),
    outputNodeFilesTotal: outputNodeFiles?.total ?? 0,
    ...told,
    wait: waitAccount(state, now),
  };
}

function listSource(state: WaitState, list: HeldList<NodeFile> | null): FilesSource {
  if (!list) return 'none';
  if (list.confirmedAt === 0) return 'start';
  return list.confirmedAt === state.answers ? 'answer' : 'earlierAnswer';
}

/** Answer of the progress query, and what the Web UI shows. Times of day are ISO-8601 in UTC, workflow time. */
export interface WaitProgress {
  /** Account that is asked with, as the input names it; null for the default one. */
  account: string | null;
  /** null while the wait is for a job that has not appeared. */
  jobId: string | null;
  /** What the wait began for, where it began without a job's id. */
  awaited: AwaitedJob | null;
  /** Last status seen; null while the job was not seen. */
  status: string | null;
  /** Since when the wait has seen this status; the job may have had it longer. */
  statusSince: string | null;
  /** What the wait is doing. */
  activity: 'checking' | 'sleeping' | 'askingDocuments' | 'ended';
  /** When the next check begins at the latest; null during a check and after the end. */
  nextCheckAt: string | null;
  /** When the first of the limits that now count would end the wait; null without one. */
  limitAt: string | null;
  /** When the budgets end that failing checks, or unknown statuses, use up. */
  budgetEndsAt: BudgetEnds;
  /** The task queue from which no worker takes what the wait asks for; null where one takes it. */
  unserved: UnservedQueue | null;
  /** When the wait began. */
  startedAt: string;
  /** When the last check began; null before the first. */
  lastCheckAt: string | null;
  /** Checks that ended so far, the failed ones and failed questions about documents included. */
  checks: number;
  /** Failed checks by failure type. */
  failures: Record<string, number>;
  /** Checks since the last answer that brought none, and since when; null where the last one brought one. */
  failing: { count: number; since: string } | null;
  /** What went wrong last, and when, also where checks have succeeded since; null where nothing did. */
  lastError: { type: string; message: string; at: string } | null;
  /** Statuses that this version does not know, and how often each was seen. */
  unknownStatuses: Record<string, number>;
  /** Entries of the job's lists that could not be read in the last answer with a list. */
  unreadableEntries: number;
  /** How long the job was seen SCHEDULED so far, or was awaited before it was there. */
  queuedMs: number;
  /** How long it was seen IN_PROGRESS so far. */
  runningMs: number;
  /** How many output node files the job has before the selection; null while no list is known. */
  outputNodeFilesTotal: number | null;
  /** Hints received. */
  hints: number;
  /** Why the wait is not told by its search attributes, where it was asked to be; null where it is, or was not. */
  searchAttributesError: string | null;
  /** What came of asking the API to stop the job; null where it was not asked. */
  cancel: CancelAccount | null;
}

export function waitProgress(
  state: WaitState,
  limitAt: number | null,
  activity: WaitProgress['activity'],
  { account = null, budgetEndsAt = NO_BUDGET_ENDS }: Partial<Pick<WaitProgress, 'account' | 'budgetEndsAt'>> = {},
): WaitProgress {
  const { lastError, failing } = state;
  return {
    account,
    jobId: state.jobId,
    awaited: state.awaited ?? null,
    status: state.job?.status ?? null,
    statusSince: state.statusSince === null ? null : isoTime(state.statusSince),
    activity,
    nextCheckAt: state.nextCheckAt === null || activity !== 'sleeping' ? null : isoTime(state.nextCheckAt),
    limitAt: limitAt === null || activity === 'ended' ? null : isoTime(limitAt),
    budgetEndsAt: activity === 'ended' ? NO_BUDGET_ENDS : budgetEndsAt,
    unserved: activity === 'ended' ? null : unservedQueue(state.unserved),
    startedAt: isoTime(state.startedAt),
    lastCheckAt: state.lastCheck && isoTime(state.lastCheck.begunAt),
    checks: state.checks,
    failures: state.failures,
    failing: failing && { count: failing.count, since: isoTime(failing.since) },
    lastError: lastError && { type: lastError.type, message: lastError.message, at: isoTime(lastError.at) },
    unknownStatuses: state.unknownStatuses,
    unreadableEntries: state.unreadableEntries ?? 0,
    queuedMs: state.queuedMs,
    runningMs: state.runningMs,
    outputNodeFilesTotal: state.outputNodeFiles?.total ?? null,
    hints: state.hints.received,
    searchAttributesError: state.attributes?.error ?? null,
    cancel: cancelAccount(state),
  };
}
