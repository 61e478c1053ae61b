import { verdictOf } from '../core/job';
import type { WaitProgress } from '../core/wait/account';
import { count } from './text';

/** What is shown of a job while its wait runs. */
export interface JobView {
  name: string;
  /** Answer of the waiter's own query; null before the first. */
  progress: WaitProgress | null;
  /** The check under way is being tried again by Temporal. */
  retrying: { attempt: number; type: string } | null;
}

export type Mood = 'good' | 'bad' | 'busy' | 'dim';

/** Symbol and colour of a job's state. */
export function moodOf({ progress }: JobView): { symbol: string; mood: Mood } {
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

/** What is going wrong with a job's checks right now; undefined where nothing is. */
export function troubleOf({ progress, retrying }: JobView): string | undefined {
  if (retrying) return `try ${retrying.attempt} after ${short(retrying.type)}`;
  if (!progress?.failing || !progress.lastError) return undefined;
  return `${count(progress.failing.count, 'check')} failed: ${short(progress.lastError.type)}`;
}

function short(failureType: string): string {
  return failureType.replace(/^Unstructured/, '');
}

export function isEnded({ progress }: JobView): boolean {
  return progress?.activity === 'ended';
}
