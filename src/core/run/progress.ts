import { isoTime } from '../instant';
import type { NodeStats } from '../job-details';
import { NO_START_BUDGET_ENDS, searchEnd, type StartBudgetEnds, startBudgetEnds } from '../start/budgets';
import type { StartUnderWay } from '../start/drive';
import type { TransferProgress } from '../start/request';
import type { StartState } from '../start/state';
import { type Unserved, type UnservedQueue, unservedQueue } from '../unserved';
import type { WaitProgress } from '../wait/progress';

/** Phase of a run. */
export type RunPhase =
  /** Sending the documents and the start. */
  | 'uploading'
  /** The start was not answered; the run looks for its job. */
  | 'searching'
  /** The start was refused for now, or the workflow is already running; the start is tried again. */
  | 'starting'
  | 'queued'
  | 'running'
  /** The job has ended; its outputs are fetched. */
  | 'fetching'
  | 'ended';

/** Answer to the progress query of a run. The Web UI also shows it. */
export interface RunProgress {
  /** Phase of the run. */
  phase: RunPhase;
  /** Documents sent or outputs saved so far; null if the phase has no such count. */
  done: number | null;
  /** Total for `done`; null if `done` is null. */
  total: number | null;
  /** Account of the run, as named in its input; null for the default account. */
  account: string | null;
  /** Id of the job; null until it is known. */
  jobId: string | null;
  /** Number of documents of the run. */
  documents: number;
  /** Progress of the start; null if the input gave the job's id. */
  start: {
    /** Number of times that the start was sent. */
    sends: number;
    /** Last error of the start: refused or not answered; null if there was none. */
    lastError: { type: string; message: string; at: string } | null;
    /** When the budgets that refused sends, failing looks for the job or a busy workflow use up end. */
    budgetEndsAt: StartBudgetEnds;
    /** Latest time until which the job of an unanswered start is looked for; null if it is not looked for. */
    searchEndsAt: string | null;
  } | null;
  /** Progress of fetching the outputs; null before. */
  fetching: {
    /** Number of retries of outputs. */
    retries: number;
    /** Last error; null if there was none, or an output was saved after it. */
    lastError: { type: string; message: string; at: string } | null;
    /** When `collectLimit` ends the fetching; null after the end. */
    limitAt: string | null;
    /** `credentials`: when `credentialBudget` ends; null unless the last attempt was refused for a key or credential. */
    budgetEndsAt: { credentials: string | null };
  } | null;
  /** Progress of the wait for the job; null before the wait begins. */
  wait: WaitProgress | null;
  /** Task queue without a worker for the run's activities, since 45 s or longer; null if a worker takes them. */
  unserved: UnservedQueue | null;
  /** Number of files in each state, by node, at most a minute old while the job runs; null without the option `nodeCounts`. */
  nodeStats: NodeStats[] | null;
}

/** Data from which the progress of a run is made. */
export interface RunView {
  account: string | undefined;
  documents: number;
  jobId: string | null;
  start: Pick<StartUnderWay, 'state' | 'activity' | 'options' | 'jobToStart' | 'uploads'> | null;
  wait: WaitProgress | null;
  transfer: TransferProgress | null;
  /** Number of outputs to fetch; null before. */
  outputs: number | null;
  /** When `collectLimit` ends the fetching, in milliseconds since the epoch; null before. */
  collectEndsAt: number | null;
  nodeStats: NodeStats[] | null;
  /** The unserved queue, apart from those of the start and the wait. */
  unserved: Unserved | null;
  isEnded: boolean;
}

export function progressOfRun(view: RunView): RunProgress {
  const phase = currentPhase(view);
  return {
    phase,
    ...counts(phase, view),
    account: view.account ?? null,
    jobId: view.jobId,
    documents: view.documents,
    start: view.start && startProgress(view.start, view.isEnded),
    fetching: fetchingProgress(view),
    wait: view.wait,
    unserved: unservedInRun(view),
    nodeStats: view.nodeStats,
  };
}

function currentPhase({ start, wait, outputs, isEnded }: RunView): RunPhase {
  if (isEnded) return 'ended';
  if (outputs !== null) return 'fetching';
  if (wait) return wait.status === null || wait.status === 'SCHEDULED' ? 'queued' : 'running';
  if (start?.state.uncertain) return 'searching';
  return start?.activity === 'sending' ? 'uploading' : 'starting';
}

function counts(phase: RunPhase, { documents, transfer, outputs }: RunView): Pick<RunProgress, 'done' | 'total'> {
  const upload = transfer?.phase === 'upload' ? transfer : undefined; // after a reset, signals of a later phase come again
  if (phase === 'uploading') return { done: upload?.done ?? 0, total: upload?.total ?? documents };
  if (phase === 'fetching') return { done: transfer?.phase === 'collect' ? transfer.done : 0, total: outputs };
  return { done: null, total: null };
}

function fetchingProgress({ outputs, transfer, collectEndsAt, isEnded }: RunView): RunProgress['fetching'] {
  if (outputs === null) return null;
  const told = transfer?.phase === 'collect' ? transfer : undefined;
  const { retries = 0, lastError = null, credentialsEndAt = null } = told ?? {};
  return {
    retries,
    lastError,
    limitAt: collectEndsAt === null || isEnded ? null : isoTime(collectEndsAt),
    budgetEndsAt: { credentials: isEnded ? null : credentialsEndAt },
  };
}

function unservedInRun({ unserved, wait, start, outputs, isEnded }: RunView): RunProgress['unserved'] {
  if (isEnded) return null;
  if (wait && outputs === null) return wait.unserved;
  return unservedQueue(wait ? unserved : (start?.state.unserved ?? unserved));
}

function startProgress(start: NonNullable<RunView['start']>, isEnded: boolean): RunProgress['start'] {
  const { state, options, jobToStart, uploads } = start;
  const { uncertain, startedJob, sends } = state;
  const isSearching = uncertain && !startedJob && !isEnded;
  return {
    sends,
    lastError: lastStartError(state),
    budgetEndsAt: isEnded ? NO_START_BUDGET_ENDS : startBudgetEnds(state, options),
    searchEndsAt: isSearching ? isoTime(searchEnd(state, uncertain, options, jobToStart, uploads.length)) : null,
  };
}

function lastStartError({ uncertain, refused }: StartState): { type: string; message: string; at: string } | null {
  const at = uncertain?.since ?? refused?.at;
  const error = uncertain?.error ?? refused?.error;
  return error && at !== undefined ? { type: error.type, message: error.message, at: isoTime(at) } : null;
}
