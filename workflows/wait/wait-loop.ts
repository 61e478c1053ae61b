import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { isTerminal } from '../../src/core/job';
import type { AwaitJobResult } from '../../src/core/wait/account';
import { decide, decideAfterCancel, type Limit } from '../../src/core/wait/decision';
import { chanceOf, isAbsent, planned, verdictOfState } from '../../src/core/wait/state';
import { cancelAndConfirm } from './cancel-job';
import { endWait } from './end-wait';
import { listsWithinSize, poll, sleepUntil } from './poll';
import type { Wait, WaitHooks } from './wait';

/** Runs a wait to its end: does what the state machine decides, and nothing else. */
export async function runWait(wait: Wait, hooks: WaitHooks): Promise<AwaitJobResult> {
  const scope = CancellationScope.current();
  // A check may be answered in the task that brings the cancellation: whatever the wait would end with, that comes first.
  const unlessCancelled = () => (scope.consideredCancelled ? scope.cancelRequested : undefined);
  try {
    return await waitForEnd(wait, hooks).finally(unlessCancelled);
  } catch (error) {
    const { options } = wait;
    const isOver = wait.state.cancel !== undefined || isAbsent(wait.state) || isTerminal(verdictOfState(wait.state));
    // Whatever becomes of the job, a caller's cancellation ends as one.
    if (isCancellation(error) && options.onCancel === 'cancel' && !isOver) await cancelAndConfirm(wait, hooks);
    throw error;
  } finally {
    wait.activity = 'ended';
    hooks.changed?.();
  }
}

async function waitForEnd(wait: Wait, hooks: WaitHooks): Promise<AwaitJobResult> {
  for (;;) {
    const decision = decide(wait.state, wait.options, Date.now(), chanceOf(wait.state));
    if (decision.do === 'done' || decision.do === 'fail') return endWait(wait, decision, hooks);
    if (decision.do === 'cancel') return cancelAtLimit(wait, decision.limit, hooks);
    if (decision.do === 'sleep') wait.state = planned(wait.state, decision.until); // carried, where the next step continues as new
    const before = hooks.beforeStep?.();
    if (before) await before;
    if (decision.do === 'poll') listsWithinSize(wait, await poll(wait, decision.timeoutMs, hooks));
    else await sleepUntil(wait, decision.until, decision.hintable, hooks);
  }
}

async function cancelAtLimit(wait: Wait, limit: Limit, hooks: WaitHooks): Promise<AwaitJobResult> {
  await cancelAndConfirm(wait, hooks);
  return endWait(wait, decideAfterCancel(wait.state, limit, Date.now()), hooks, limit);
}
