import { isoTime } from '../instant';
import { type UnservedQueue, unservedQueue } from '../unserved';
import { type BudgetEnds, NO_BUDGET_ENDS } from './budgets';
import { type CancelAccount, cancelAccount } from './cancel';
import { isStalled, stallAccount, type StallAccount } from './node-counts';
import type { AwaitedJob, WaitState } from './state';

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
  activity: 'checking' | 'sleeping' | 'watching' | 'askingDocuments' | 'ended';
  /** Since when a worker watches the job, and how often it looks, in milliseconds; null where the wait checks by its schedule. */
  watch: { since: string; tickMs: number } | null;
  /** When the next check begins at the latest; null during a check or a watch and after the end. */
  nextCheckAt: string | null;
  /** When the first of the limits that now count would end the wait; null without one. */
  limitAt: string | null;
  /** When the budgets end that failing checks, or unknown statuses, use up. */
  budgetEndsAt: BudgetEnds;
  /** Files that stand where they stood for half of `stallLimit` or longer; null where they do not, or nobody counts. */
  stalled: StallAccount | null;
  /** Why the last count of files at each node brought none; null where it did, or nobody counts. */
  nodeCountsError: string | null;
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
    watch: activity === 'watching' ? watchProgress(state) : null,
    nextCheckAt: state.nextCheckAt === null || activity !== 'sleeping' ? null : isoTime(state.nextCheckAt),
    limitAt: limitAt === null || activity === 'ended' ? null : isoTime(limitAt),
    budgetEndsAt: activity === 'ended' ? NO_BUDGET_ENDS : budgetEndsAt,
    stalled: isStalled(state) ? stallAccount(state) : null,
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
    cancel: cancelAccount(state),
  };
}

function watchProgress({ watch }: WaitState): WaitProgress['watch'] {
  if (!watch?.offer || watch.since === null) return null;
  return { since: isoTime(watch.since), tickMs: watch.offer.tickMs };
}
