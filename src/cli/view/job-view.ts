import { verdictOf } from '../../core/job';
import type { BatchProgress } from '../../core/batch/progress';
import type { RunProgress } from '../../core/run/progress';
import type { WaitProgress } from '../../core/wait/progress';
import type { Retrying } from './retries';
import { count } from './text';

/** What is shown of a job while its wait or run is in progress. */
export interface JobView {
  name: string;
  /** Progress of the wait: from the waiter itself, or part of the run's progress; null before the first answer. */
  progress: WaitProgress | null;
  /** Progress of the run that started the job; null before its first answer. */
  run?: RunProgress | null;
  /** Progress of a batch that is shown in place of a job; null before its first answer. */
  batch?: BatchProgress | null;
  /** Set while Temporal retries the current check. */
  retrying: Pick<Retrying, 'attempt' | 'type'> | null;
}

type Mood = 'good' | 'bad' | 'busy' | 'dim';

/** The state of a job in a word: the phase of a run or batch, or the job's status. */
export function stateText({ progress, run, batch }: JobView): string {
  const { phase } = batch ?? run ?? {};
  return phase !== undefined ? phase : (progress?.status ?? 'not seen yet');
}

/** Symbol and colour of a job's state. */
export function chooseMood(view: JobView): { symbol: string; mood: Mood } {
  const { progress, run, batch } = view;
  if (batch) return moodOfBatch(batch);
  if (run && !isEnded(view)) return { symbol: run.phase === 'queued' ? '○' : '●', mood: 'busy' };
  if (!progress?.status) return { symbol: '○', mood: 'dim' };
  switch (verdictOf(progress.status)) {
    case 'completed':
      return { symbol: '✔', mood: 'good' };
    case 'failed':
    case 'stopped':
      return { symbol: '✖', mood: 'bad' };
    case 'queued':
      return { symbol: '○', mood: 'busy' };
    case 'running':
      return { symbol: '●', mood: 'busy' };
    case 'unknown':
      return { symbol: '?', mood: 'busy' };
  }
}

function moodOfBatch({ phase, counts }: BatchProgress): { symbol: string; mood: Mood } {
  if (phase !== 'ended') return { symbol: '●', mood: 'busy' };
  return counts.ok === counts.documents ? { symbol: '✔', mood: 'good' } : { symbol: '✖', mood: 'bad' };
}

/** What is failing right now; undefined if nothing is. */
export function failureText({ progress, run, retrying }: JobView): string | undefined {
  const { unserved } = run ?? progress ?? {};
  if (unserved) return `no worker on ${unserved.taskQueue}`;
  if (retrying) return `try ${retrying.attempt} after ${short(retrying.type)}`;
  const step = run && stepFailure(run);
  if (step) return step;
  if (!progress?.failing || !progress.lastError) return undefined;
  return `${count(progress.failing.count, 'check')} failed: ${short(progress.lastError.type)}`;
}

/** What is failing in a run before or after its wait. */
function stepFailure({ phase, start, fetching, done, total }: RunProgress): string | undefined {
  if (phase === 'starting' && start?.lastError) return `start refused: ${short(start.lastError.type)}`;
  if (phase === 'fetching' && fetching?.lastError)
    return `${done ?? 0} of ${total ?? 0} saved: ${short(fetching.lastError.type)}`;
  return undefined;
}

/** The earliest time at which the current failure ends the wait or the run, or at which a search ends, ISO-8601; undefined if there is none. */
export function toleratedUntil({ progress, run }: JobView): string | undefined {
  const { phase, start, fetching } = run ?? {};
  if (phase === 'uploading' || phase === 'starting') return earliest(start?.budgetEndsAt);
  if (phase === 'searching') return start?.searchEndsAt ?? undefined;
  if (phase === 'fetching') return earliest(fetching?.budgetEndsAt);
  const { credentials, requestErrors, outage } = progress?.budgetEndsAt ?? {};
  return credentials ?? requestErrors ?? outage ?? undefined;
}

function earliest(ends: object = {}): string | undefined {
  return Object.values(ends)
    .filter((end) => typeof end === 'string')
    .sort()[0];
}

function short(failureType: string): string {
  return failureType.replace(/^Unstructured/, '');
}

export function isEnded({ progress, run, batch }: JobView): boolean {
  if (batch) return batch.phase === 'ended';
  return run ? run.phase === 'ended' : progress?.activity === 'ended';
}
