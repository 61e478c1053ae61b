import { CancellationScope, log } from '@temporalio/workflow';
import { durationToMs } from '../../src/common/duration';
import type { CheckNow } from '../../src/common/messages';
import { type CheckNowHint, hinted } from '../../src/core/wait/next-check';
import { HINTED, type Wait } from './wait';

/** Begins a timer or a watch. A hint ends it early. */
export function unlessHinted(wait: Wait, begin: () => Promise<unknown>, hintable: boolean): Promise<unknown> {
  if (!hintable) return begin();
  if (wait.state.hints.pending) return Promise.resolve(HINTED); // the hint came after the decision
  return pauseScope(wait)
    .run(begin)
    .catch((error: unknown) => {
      if (!wait.state.hints.pending || CancellationScope.current().consideredCancelled) throw error;
      return HINTED;
    });
}

/** One scope serves all pauses until a hint cancels it. In a workflow, each promise costs a stack trace, and a scope has several promises. */
function pauseScope(wait: Wait): CancellationScope {
  const { pauses } = wait;
  if (pauses && !pauses.consideredCancelled && pauses.parent === CancellationScope.current()) return pauses;
  return (wait.pauses = new CancellationScope());
}

export function onCheckNow(wait: Wait, hint?: CheckNow): void {
  wait.state = hinted(wait.state, readHint(hint));
  wait.pauses?.cancel();
}

/** Reads a hint. A handler must not fail the workflow, so a hint with a wrong value still counts as a hint. */
function readHint(hint?: CheckNow | null): CheckNowHint {
  const { safetyGap } = hint ?? {};
  if (safetyGap === undefined || safetyGap === null) return { safetyGapMs: safetyGap };
  const safetyGapMs = durationToMs(safetyGap);
  const good = safetyGapMs !== undefined && safetyGapMs >= 1_000 && safetyGapMs <= 86_400_000;
  if (!good) log.warn('checkNow: safetyGap must be a duration from 1 second to 24 hours; it is ignored', { safetyGap });
  return good ? { safetyGapMs } : {};
}
