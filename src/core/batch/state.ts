import type { AttributesOnServer } from '../attributes';
import type { StatusCounts } from '../run/planned-job';
import { addCounts, type BatchCounts, NO_DOCUMENTS, sumCounts } from './manifest';
import type { BatchOptions } from './options';
import type { BatchPlan, PlanAnswer, FinishedJobs } from './plan';

/** A batch in progress. Plain data that continue-as-new carries, while no job is running. */
export interface BatchState {
  version: 1;
  /** null until the plan exists. */
  plan: BatchPlan | null;
  options: BatchOptions;
  /** Number of the next job to start, from 1. Finished jobs are skipped. */
  next: number;
  /** Jobs that an earlier run of the batch finished, as ranges of their numbers. */
  finished: FinishedJobs['ranges'];
  /** Planned time of the last start of a job, in milliseconds since the epoch; null before the first. */
  lastStartAt: number | null;
  /** When the batch began, in milliseconds since the epoch. */
  startedAt: number;
  /** Number of documents of the jobs in `finished`. */
  finishedDocuments: number;
  /** Documents of the jobs that have ended, by outcome. */
  counts: StatusCounts;
  endedJobs: number;
  failedJobs: number;
  outcome: 'running' | 'stopped';
  /** Search attributes. Absent until something is known about them. */
  attributes?: AttributesOnServer | undefined;
}

export function beginBatch(options: BatchOptions, now: number): BatchState {
  return {
    version: 1,
    plan: null,
    options,
    next: 1,
    finished: [],
    finishedDocuments: 0,
    lastStartAt: null,
    startedAt: now,
    counts: NO_DOCUMENTS,
    endedJobs: 0,
    failedJobs: 0,
    outcome: 'running',
  };
}

/** Records the plan. The batch continues with the jobs that are not finished. */
export function planned(state: BatchState, { plan, finished, options = state.options }: PlanAnswer): BatchState {
  const begun = { ...state, plan, options };
  if (!finished) return begun;
  const { ranges, jobs, counts } = finished;
  return judged({
    ...begun,
    finished: ranges,
    finishedDocuments: sumCounts(counts),
    endedJobs: jobs,
    counts,
    next: openFrom(1, ranges),
  });
}

/** The first number, from `number` on, that is in none of the ranges. */
function openFrom(number: number, ranges: FinishedJobs['ranges']): number {
  const range = ranges.find(([first, last]) => first <= number && number <= last);
  return range ? openFrom(range[1] + 1, ranges) : number;
}

/** Whether another job may start now. */
export function mayStart(
  { plan, options, next, outcome }: BatchState,
  { running, isLong }: { running: number; isLong: boolean },
): boolean {
  return plan !== null && next <= plan.jobs && running < options.parallel && outcome === 'running' && !isLong;
}

/** Begins the next job. @returns the job's number, and the time of its start */
export function startNext(state: BatchState, now: number): { state: BatchState; part: number; startAt: number } {
  const { next, finished, lastStartAt, options } = state;
  const startAt = lastStartAt === null ? now : Math.max(now, lastStartAt + options.startSpacing);
  return { state: { ...state, next: openFrom(next + 1, finished), lastStartAt: startAt }, part: next, startAt };
}

/** Report of a job that has ended. */
export interface EndedJob {
  /** null if the run ended without a result. The job's documents then count as missing. */
  counts: StatusCounts | null;
  isFailed: boolean;
}

export function jobEnded(state: BatchState, part: number, { counts, isFailed }: EndedJob): BatchState {
  const documents = state.plan?.sizes[part - 1] ?? 0;
  return judged({
    ...state,
    counts: addCounts(state.counts, counts ?? { ...NO_DOCUMENTS, missing: documents }),
    endedJobs: state.endedJobs + 1,
    failedJobs: state.failedJobs + (isFailed ? 1 : 0),
  });
}

/** Stops the batch if the share of bad documents exceeds what is tolerated of all planned documents. */
function judged(state: BatchState): BatchState {
  const { plan, options, counts } = state;
  const bad = counts.failed + counts.refused + counts.missing;
  return plan && bad / plan.documents > options.tolerated ? { ...state, outcome: 'stopped' } : state;
}

export function countsOf({ plan, counts, failedJobs }: BatchState): BatchCounts {
  return { documents: plan?.documents ?? 0, ...counts, jobs: plan?.jobs ?? 0, failedJobs };
}
