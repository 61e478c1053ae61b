import { CancellationScope, log, sleep } from '@temporalio/workflow';
import { hinted, type CheckNowHint } from '../../src/core/wait/state';
import { durationToMs } from '../../src/duration';
import type { CheckNow } from '../../src/messages';
import { sleepSummary } from './current-details';
import type { Wait } from './wait';

/** Sleeps; a hint ends it early. */
export async function sleepOrHint(wait: Wait, ms: number, hintable: boolean): Promise<void> {
  const scope = new CancellationScope();
  if (hintable) wait.wake = () => scope.cancel();
  try {
    await scope.run(() => sleep(ms, { summary: sleepSummary(wait.state) }));
  } catch (error) {
    const isHint = hintable && wait.state.hints.pending && !CancellationScope.current().consideredCancelled;
    if (!isHint) throw error;
  } finally {
    wait.wake = undefined;
  }
}

export function onCheckNow(wait: Wait, hint?: CheckNow): void {
  wait.state = hinted(wait.state, readHint(hint));
  wait.wake?.();
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
