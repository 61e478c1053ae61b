import { isoTime } from '../instant';
import type { NodeStats } from '../job-details';
import type { TransferProgress } from '../start/request';
import type { StartState } from '../start/state';
import { type Unserved, type UnservedQueue, unservedQueue } from '../unserved';
import type { WaitProgress } from '../wait/progress';

/** What a run is doing. */
export type RunPhase =
  /** Sending the documents and the start. */
  | 'uploading'
  /** The start was not answered; its job is looked for. */
  | 'searching'
  /** The start was refused for now, or the workflow is running already; it is tried again. */
  | 'starting'
  | 'queued'
  | 'running'
  /** The job is over; its outputs are fetched. */
  | 'fetching'
  | 'ended';

/** Answer of the progress query of a run, and what the Web UI shows. */
export interface RunProgress {
  /** What the run is doing. */
  phase: RunPhase;
  /** Documents sent or outputs saved so far, where the phase has such a count. */
  done: number | null;
  /** Out of how many; null where `done` is. */
  total: number | null;
  /** null before there is a job, or while nobody knows it. */
  jobId: string | null;
  /** How many documents the run has. */
  documents: number;
  /** How the job is started; null where its id was handed in. */
  start: {
    /** How often the start was sent. */
    sends: number;
    /** Why the start had no answer, or was refused, as known last; null where nothing went wrong. */
    lastError: { type: string; message: string; at: string } | null;
  } | null;
  /** How the outputs are fetched: what went wrong last, and how often an output was tried again; null before. */
  fetching: { retries: number; lastError: { type: string; message: string; at: string } | null } | null;
  /** Progress of the wait for the job; null before. */
  wait: WaitProgress | null;
  /** The task queue from which no worker takes what the run asks for; null where one takes it. */
  unserved: UnservedQueue | null;
  /** How many files stand where at each node, at most a minute old while the job runs; null without the option `nodeCounts`. */
  nodeStats: NodeStats[] | null;
}

/** What a run's progress is made of. */
export interface RunView {
  documents: number;
  jobId: string | null;
  start: { state: StartState; activity: 'sending' | 'listing' | 'sleeping' | 'ended' } | null;
  wait: WaitProgress | null;
  transfer: TransferProgress | null;
  /** How many outputs are fetched; null before. */
  outputs: number | null;
  nodeStats: NodeStats[] | null;
  /** Of what is neither the start's nor the wait's. */
  unserved: Unserved | null;
  isEnded: boolean;
}

export function progressOfRun(view: RunView): RunProgress {
  const phase = currentPhase(view);
  return {
    phase,
    ...counts(phase, view),
    jobId: view.jobId,
    documents: view.documents,
    start: view.start && startProgress(view.start.state),
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
  if (phase === 'uploading')
    return { done: transfer?.phase === 'upload' ? transfer.done : 0, total: transfer?.total ?? documents };
  if (phase === 'fetching') return { done: transfer?.phase === 'collect' ? transfer.done : 0, total: outputs };
  return { done: null, total: null };
}

function fetchingProgress({ outputs, transfer }: RunView): RunProgress['fetching'] {
  if (outputs === null) return null;
  const { retries = 0, lastError = null } = transfer?.phase === 'collect' ? transfer : {};
  return { retries, lastError };
}

function unservedInRun({ unserved, wait, start, outputs, isEnded }: RunView): RunProgress['unserved'] {
  if (isEnded) return null;
  if (wait && outputs === null) return wait.unserved;
  return unservedQueue(wait ? unserved : (start?.state.unserved ?? unserved));
}

function startProgress(state: StartState): RunProgress['start'] {
  return { sends: state.sends, lastError: lastStartError(state) };
}

function lastStartError({ uncertain, refused }: StartState): { type: string; message: string; at: string } | null {
  const at = uncertain?.since ?? refused?.at;
  const error = uncertain?.error ?? refused?.error;
  return error && at !== undefined ? { type: error.type, message: error.message, at: isoTime(at) } : null;
}
