import { CancellationScope, log, sleep } from '@temporalio/workflow';
import { durationToMs } from '../../src/common/duration';
import type { CheckNow } from '../../src/common/messages';
import { type CheckNowHint, hinted } from '../../src/core/wait/state';
import { sleepSummary } from './current-details';
import { HINTED, type Wait } from './wait';

/** Sleeps; a hint ends it early. */
export function sleepOrHint(wait: Wait, ms: number, hintable: boolean): Promise<unknown> {
  const options = { summary: sleepSummary(wait.state) };
  if (!hintable) return sleep(ms, options);
  if (wait.state.hints.pending) return Promise.resolve(HINTED); // it came after the decision to sleep
  return sleepScope(wait)
    .run(() => sleep(ms, options))
    .catch((error: unknown) => {
      if (!wait.state.hints.pending || CancellationScope.current().consideredCancelled) throw error;
      return HINTED;
    });
}

/** One scope serves all sleeps until a hint cancels it: in a workflow each promise costs a stack trace, and a scope has several. */
function sleepScope(wait: Wait): CancellationScope {
  const { sleeps } = wait;
  if (sleeps && !sleeps.consideredCancelled && sleeps.parent === CancellationScope.current()) return sleeps;
  return (wait.sleeps = new CancellationScope());
}

export function onCheckNow(wait: Wait, hint?: CheckNow): void {
  wait.state = hinted(wait.state, readHint(hint));
  wait.sleeps?.cancel();
}

/** A handler must not fail the workflow: a hint that says something wrong still is a hint. */
function readHint(hint?: CheckNow | null): CheckNowHint {
  const { safetyGap } = hint ?? {};
  if (safetyGap === undefined || safetyGap === null) return { safetyGapMs: safetyGap };
  const safetyGapMs = durationToMs(safetyGap);
  const good = safetyGapMs !== undefined && safetyGapMs >= 1_000 && safetyGapMs <= 86_400_000;
  if (!good) log.warn('checkNow: safetyGap must be a duration from 1 second to 24 hours; it is ignored', { safetyGap });
  return good ? { safetyGapMs } : {};
}
