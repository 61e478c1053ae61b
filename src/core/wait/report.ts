import { isoTime } from '../instant';
import { isTerminal, type JobSummary, type NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { HeldList } from './job-check';
import { verdictOfState, type WaitState } from './state';

/** Report of a wait. Times of day are ISO-8601 in UTC, workflow time; durations are milliseconds. */
export interface WaitReport {
  startedAt: string;
  endedAt: string;
  /**
   * Checks that ended, including failed checks and failed requests for the failed documents. Temporal's retries within a check do not
   * count.
   */
  checks: number;
  /** Failed checks by failure type. */
  failures: Record<string, number>;
  /** Statuses that this version does not know, and how often each was seen. */
  unknownStatuses: Record<string, number>;
  /** Number of entries of the job's lists that could not be read and are left out, in the last answer with a list. */
  unreadableEntries: number;
  /** Time that the job was SCHEDULED, or was awaited before it appeared. */
  queuedMs: number;
  /** Time that the job was IN_PROGRESS. */
  runningMs: number;
  /** Hints received. */
  hints: number;
  /**
   * Upper bound of the delay with which the completion was noticed. It counts from the start of the last check that saw the job unfinished.
   * null if the first answer was already terminal.
   */
  noticedWithinMs: number | null;
}

/** Source of the result's list of output node files: the terminal answer, an earlier answer, the caller, or none. */
export type FilesSource = 'answer' | 'earlierAnswer' | 'start' | 'none';

/** Result of a wait for a job that COMPLETED. */
export interface AwaitJobResult {
  job: JobSummary;
  /** null if no answer contained the list, or `files` is `'none'`. */
  inputFileIds: string[] | null;
  /** Selected by the option `files`; empty if `outputNodeFilesSource` is `'none'`. */
  outputNodeFiles: NodeFile[];
  outputNodeFilesSource: FilesSource;
  /** Number of output node files of the job before the selection. */
  outputNodeFilesTotal: number;
  /** The API's report on the job's documents; null if it was not requested (`failedFiles: 'off'`) or the API did not provide it. */
  documents: DocumentsOutcome | null;
  /**
   * Why that report is missing or incomplete, for example because the job details lag behind the job; null if it is complete or was not
   * requested.
   */
  documentsError: string | null;
  wait: WaitReport;
}

/** Documents of a job that failed. */
export interface FailedFiles {
  /** As many as fit into a result; `failedFilesTotal` has the total. */
  failedFiles: FailedFile[];
  /** null if documents failed, or may have failed, and the API did not name all of them in time. */
  failedFilesTotal: number | null;
}

/** Outcome of the documents of a COMPLETED job. */
export interface DocumentsOutcome extends FailedFiles {
  /** The API's `processing_status`: `SUCCESS`, `COMPLETED_WITH_ERRORS`, or another. Not the enum of `job.status`. */
  processingStatus: string;
}

/** Outcome of asking about a COMPLETED job's documents. */
export type ReportedDocuments = Pick<AwaitJobResult, 'documents' | 'documentsError'>;

export const NOT_ASKED: ReportedDocuments = Object.freeze({ documents: null, documentsError: null });

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

/** The end of a job was noticed when its terminal status was first seen. Questions about its documents may have followed. */
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
  told: ReportedDocuments = NOT_ASKED,
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
