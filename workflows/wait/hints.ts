import { CancellationScope, condition, log, sleep } from '@temporalio/workflow';
import { hinted } from '../../src/core/wait/state';
import { durationToMs } from '../../src/duration';
import type { CheckNow } from '../../src/messages';
import { sleepSummary } from './current-details';
import type { Wait } from './wait';

/** Sleeps; a hint ends it early. */
export async function sleepOrHint(wait: Wait, ms: number, hintable: boolean): Promise<void> {
  const scope = new CancellationScope();
  try {
    await scope.run(() => {
      const timer = sleep(ms, { summary: sleepSummary(wait.state) });
      return hintable ? Promise.race([timer, condition(() => wait.state.hints.pending)]) : timer;
    });
  } finally {
    scope.cancel();
  }
}

/** A handler must not fail the workflow: a hint that says something wrong still is a hint. */
export function onCheckNow(wait: Wait, hint: CheckNow = {}): void {
  const { safetyGap } = (hint as CheckNow | null) ?? {};
  if (safetyGap === undefined || safetyGap === null) {
    wait.state = hinted(wait.state, { safetyGapMs: safetyGap });
    return;
  }
  const safetyGapMs = durationToMs(safetyGap);
  const good = safetyGapMs !== undefined && safetyGapMs >= 1_000 && safetyGapMs <= 86_400_000;
  if (!good) log.warn('checkNow: safetyGap must be a duration from 1 second to 24 hours; it is ignored', { safetyGap });
  wait.state = hinted(wait.state, good ? { safetyGapMs } : {});
}
