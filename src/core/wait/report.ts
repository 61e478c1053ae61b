import { isoTime } from '../instant';
import { isTerminal, type JobSummary, type NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { HeldList } from './job-check';
import { verdictOfState, type WaitState } from './state';

/** What a wait did and saw. Times of day are ISO-8601 in UTC, workflow time; durations are milliseconds. */
export interface WaitReport {
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
  wait: WaitReport;
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

export function waitReport(state: WaitState, now: number): WaitReport {
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
    wait: waitReport(state, now),
  };
}

function listSource(state: WaitState, list: HeldList<NodeFile> | null): FilesSource {
  if (!list) return 'none';
  if (list.confirmedAt === 0) return 'start';
  return list.confirmedAt === state.answers ? 'answer' : 'earlierAnswer';
}
