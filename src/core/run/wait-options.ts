import type { FileSelection } from '../job';
import type { AwaitJobOptions } from '../wait/input';
import type { ResolvedRun } from './input';

/** Options of the wait for this job. By default, a job that the run started is cancelled, and another caller's job is left. */
export function waitOptionsFor({ wait }: ResolvedRun, isStartedByRun: boolean): AwaitJobOptions<unknown> {
  const policy = isStartedByRun ? 'cancel' : 'leave';
  return { onCancel: policy, onLimit: policy, ...wait };
}

/** The list of files that the wait fetches. For documents and for final outputs, each file's last node is enough. */
export function filesToAwait({ outputs, documents }: Pick<ResolvedRun, 'outputs' | 'documents'>): FileSelection {
  if (outputs?.which === 'all') return 'all';
  return outputs || documents.length > 0 ? 'final' : 'none';
}
