import { CancellationScope, CancelledFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import { idOfPart, type PlanParts } from '../../src/core/batch/plan';
import { jobEnded, mayStart, startNext } from '../../src/core/batch/state';
import { isHistoryLong } from '../support/history';
import type { Batch } from './batch';
import { runPart } from './run-part';

/**
 * Runs the jobs of the plan, a limited number at a time, until all have ended, no other may start, or the history is long. In the latter cases, the
 * running jobs end first.
 * @throws the cancellation, or the reason why no job can be run under this key, after all running jobs have ended
 */
export async function runWindow(batch: Batch, plan: PlanParts, changed: () => void): Promise<void> {
  const running = new Map<number, Promise<void>>();
  const errors: unknown[] = [];
  let begun = 0;
  const isLong = () => begun > 0 && isHistoryLong(batch.state.options.continueAsNewAfterEvents);
  const start = (): void => {
    begun++;
    const next = startNext(batch.state, Date.now());
    batch.state = next.state;
    running.set(next.part, run(next.part, next.startAt));
  };
  const run = async (part: number, startAt: number): Promise<void> => {
    try {
      const ended = await runPart(batch, idOfPart(plan, part), part, startAt);
      batch.state = jobEnded(batch.state, part, ended); // applied to the current state, which other jobs may have changed
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      errors.push(error);
    } finally {
      batch.running.delete(part);
      running.delete(part);
    }
  };
  for (;;) {
    const isOver = errors.length > 0 || CancellationScope.current().consideredCancelled;
    while (!isOver && mayStart(batch.state, { running: running.size, isLong: isLong() })) start();
    batch.phase =
      running.size > 0 && (isOver || isLong() || batch.state.outcome === 'stopped') ? 'draining' : 'running';
    changed();
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (errors.length > 0) throw errors.find(isCancellation) ?? errors[0];
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The batch was cancelled');
}
