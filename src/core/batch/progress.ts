import { isoTime } from '../instant';
import { type Unserved, type UnservedQueue, unservedQueue } from '../unserved';
import { type BatchCounts, sumCounts } from './manifest';
import { type BatchState, countsOf } from './state';

/** Phase of a batch. */
export type BatchPhase =
  /** Documents are listed and split into jobs. */
  | 'planning'
  | 'running'
  /** No other job is started until the running ones have ended, so that the batch can continue in a fresh history, or end. */
  | 'draining'
  /** The manifest is written. */
  | 'closing'
  | 'ended';

/** Answer to the progress query of a batch. The Web UI also shows it. */
export interface BatchProgress {
  phase: BatchPhase;
  /** Counts of the jobs that have ended. `documents` and `jobs` count the whole plan. */
  counts: BatchCounts;
  /** Documents and jobs that have ended, whatever their outcome. */
  done: { documents: number; jobs: number };
  /** Running jobs: their numbers in the plan and the workflow ids of their runs. Query those runs for more. */
  running: { part: number; key: string; since: string }[];
  startedAt: string;
  /** Documents an hour, measured over this run of the batch; null before the first ones have ended. */
  perHour: number | null;
  /** Estimated end of the last job, ISO-8601; null while there is no estimate, and once the batch starts no further jobs. */
  endsAt: string | null;
  /** Number of listed entries that were left out, by reason. */
  leftOut: Record<string, number>;
  /**
   * Task queue without a worker for the activities of the plan or the manifest, 45 s after they were scheduled; null if a worker takes
   * them. The progress of a run reports the same for its job.
   */
  unserved: UnservedQueue | null;
}

interface BatchView {
  state: BatchState;
  phase: BatchPhase;
  running: BatchProgress['running'];
  unserved: Unserved | null;
}

export function progressOfBatch({ state, phase, running, unserved }: BatchView, now: number): BatchProgress {
  const documents = sumCounts(state.counts);
  const ran = documents - state.finishedDocuments;
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
    endsAt:
      perMs === null || isOver || state.outcome === 'stopped'
        ? null
        : isoTime(Math.round(now + (counts.documents - documents) / perMs)),
    leftOut: state.plan?.leftOut ?? {},
    unserved: unservedQueue(unserved),
  };
}
