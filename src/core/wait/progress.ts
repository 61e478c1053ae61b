import { isoTime } from '../instant';
import { type UnservedQueue, unservedQueue } from '../unserved';
import { type BudgetEnds, NO_BUDGET_ENDS } from './budgets';
import { type CancelReport, cancelReport } from './cancel';
import { isStalled, stallReport, type StallReport } from './node-counts';
import type { AwaitedJob, WaitState } from './state';

/** Answer of the progress query, and what the Web UI shows. Times of day are ISO-8601 in UTC, workflow time. */
export interface WaitProgress {
  /** Account that is used for the calls, as the input names it; null for the default one. */
  account: string | null;
  /** null while the wait is for a job that has not appeared. */
  jobId: string | null;
  /** The job that the wait was started for, if it was started without a job id. */
  awaited: AwaitedJob | null;
  /** Last status seen; null before the job was seen. */
  status: string | null;
  /** When the wait first saw this status. The job may have had it longer. */
  statusSince: string | null;
  /** Current activity of the wait. */
  activity: 'checking' | 'sleeping' | 'watching' | 'askingDocuments' | 'ended';
  /** When a worker began to watch the job, and its interval in milliseconds; null if the wait checks by its schedule. */
  watch: { since: string; tickMs: number } | null;
  /** Latest time of the next check; null during a check or a watch, and after the end. */
  nextCheckAt: string | null;
  /** When the next of the limits that apply would end the wait; null if none applies. */
  limitAt: string | null;
  /** When the budgets end that failing checks or unknown statuses are using up. */
  budgetEndsAt: BudgetEnds;
  /** Counts that have not changed for half of `stallLimit` or longer; null if files move, or are not counted. */
  stalled: StallReport | null;
  /** Why the last count of files at each node failed; null if it succeeded, or files are not counted. */
  nodeCountsError: string | null;
  /** Task queue without a worker for the wait's activities, since 45 s or longer; null if a worker takes them. */
  unserved: UnservedQueue | null;
  /** When the wait began. */
  startedAt: string;
  /** When the last check began; null before the first. */
  lastCheckAt: string | null;
  /** Checks that have ended, including failed checks and failed requests for the failed documents. */
  checks: number;
  /** Failed checks by failure type. */
  failures: Record<string, number>;
  /** Failed checks since the last successful one, and since when; null if the last check succeeded. */
  failing: { count: number; since: string } | null;
  /** Last error and its time. It stays after later checks succeed. null if there was none. */
  lastError: { type: string; message: string; at: string } | null;
  /** Statuses that this version does not know, and how often each was seen. */
  unknownStatuses: Record<string, number>;
  /** Number of entries of the job's lists that could not be read, in the last answer with a list. */
  unreadableEntries: number;
  /** Time that the job has been SCHEDULED, or was awaited before it appeared, in milliseconds. */
  queuedMs: number;
  /** Time that the job has been IN_PROGRESS, in milliseconds. */
  runningMs: number;
  /** Number of output node files of the job before the selection; null while no list is known. */
  outputNodeFilesTotal: number | null;
  /** Hints received. */
  hints: number;
  /** Why the search attributes could not be set; null if they are set, or were not requested. */
  searchAttributesError: string | null;
  /** Outcome of cancelling the job; null if the API was not asked to stop it. */
  cancel: CancelReport | null;
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
    watch: activity === 'watching' ? watchProgress(state) : null,
    nextCheckAt: state.nextCheckAt === null || activity !== 'sleeping' ? null : isoTime(state.nextCheckAt),
    limitAt: limitAt === null || activity === 'ended' ? null : isoTime(limitAt),
    budgetEndsAt: activity === 'ended' ? NO_BUDGET_ENDS : budgetEndsAt,
    stalled: isStalled(state) ? stallReport(state) : null,
    nodeCountsError: state.nodes?.error ?? null,
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
    cancel: cancelReport(state),
  };
}

function watchProgress({ watch }: WaitState): WaitProgress['watch'] {
  if (!watch?.offer || watch.since === null) return null;
  return { since: isoTime(watch.since), tickMs: watch.offer.tickMs };
}
