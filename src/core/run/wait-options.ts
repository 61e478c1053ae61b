import type { FileSelection } from '../job';
import type { AwaitJobOptions } from '../wait/input';
import type { ResolvedRun } from './input';

/** Options of the wait for this job: one that we started is cancelled by default, one of somebody else's is left. */
export function waitOptionsFor({ wait }: ResolvedRun, isStartedByRun: boolean): AwaitJobOptions<unknown> {
  const policy = isStartedByRun ? 'cancel' : 'leave';
  return { onCancel: policy, onLimit: policy, ...wait };
}

/** Which lists of files the wait fetches: of documents and of final outputs, each file's last node tells enough. */
export function filesToAwait({ outputs, documents }: Pick<ResolvedRun, 'outputs' | 'documents'>): FileSelection {
  if (outputs?.which === 'all') return 'all';
  return outputs || documents.length > 0 ? 'final' : 'none';
}
