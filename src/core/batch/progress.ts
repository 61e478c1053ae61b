import { isoTime } from '../instant';
import { type Unserved, type UnservedQueue, unservedQueue } from '../unserved';
import { type BatchCounts, totalOf } from './manifest';
import { type BatchState, countsOf } from './state';

/** What a batch is doing. */
export type BatchPhase =
  /** Documents are listed and split into jobs. */
  | 'planning'
  | 'running'
  /** No other job is started until those that run have ended, so that the batch can go on in a fresh history, or end. */
  | 'draining'
  /** The manifest is written. */
  | 'closing'
  | 'ended';

/** Answer of the progress query of a batch, and what the Web UI shows. */
export interface BatchProgress {
  phase: BatchPhase;
  /** Of the jobs that ended; `documents` and `jobs` are those of the plan. */
  counts: BatchCounts;
  /** Documents and jobs that are through. */
  done: { documents: number; jobs: number };
  /** Jobs under way: their numbers in the plan, and the workflow ids of their runs, which tell more. */
  running: { part: number; key: string; since: string }[];
  startedAt: string;
  /** Documents an hour, by those that this run of the batch brought through; null before. */
  perHour: number | null;
  /** When the last is likely to end, ISO-8601; null where nothing tells. */
  endsAt: string | null;
  /** How many of what was listed were left out, by reason. */
  leftOut: Record<string, number>;
  /**
   * What no worker takes, 45 s after it was scheduled: the plan or the manifest. Jobs under way tell of themselves, in the progress of their
   * runs. null where all is taken.
   */
  unserved: UnservedQueue | null;
}

export interface BatchView {
  state: BatchState;
  phase: BatchPhase;
  running: BatchProgress['running'];
  unserved: Unserved | null;
}

export function progressOfBatch({ state, phase, running, unserved }: BatchView, now: number): BatchProgress {
  const documents = totalOf(state.counts);
  const ran = documents - state.settledDocuments;
  const counts = countsOf(state);
  const elapsed = now - state.startedAt;
  const perMs = ran > 0 && elapsed > 0 ? ran / elapsed : null;
  const isOver = phase === 'ended' || phase === 'closing';
  return {
    phase,
    counts,
    done: { documents, jobs: state.endedJobs },
    running,
    startedAt: isoTime(state.startedAt),
    perHour: perMs === null ? null : Math.round(perMs * 3_600_000),
    endsAt: perMs === null || isOver ? null : isoTime(Math.round(now + (counts.documents - documents) / perMs)),
    leftOut: state.plan?.leftOut ?? {},
    unserved: unservedQueue(unserved),
  };
}
