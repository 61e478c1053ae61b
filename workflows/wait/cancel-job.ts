import { CancellationScope, log, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { noAnswerError } from '../../src/core/call-error';
import { CANCEL_JOB } from '../../src/core/names';
import { asked, beginCancel, type CancelAnswer, decideCancel } from '../../src/core/wait/cancel';
import { failedCall } from '../support/failures';
import { poll, sleepUntil } from './poll';
import type { Wait, WaitHooks } from './wait';

/**
 * Asks the API to stop the job and waits until it is at an end, or the confirm limit has passed. No cancellation reaches it; what it learns
 * stands in the wait's state.
 */
export function cancelAndConfirm(wait: Wait, hooks: WaitHooks): Promise<void> {
  wait.state = beginCancel(wait.state, Date.now());
  return CancellationScope.nonCancellable(async () => {
    for (let { cancel } = wait.state; cancel; { cancel } = wait.state) {
      const step = decideCancel(wait.state, cancel, wait.options, Date.now());
      if (step.do === 'over') return;
      if (step.do === 'ask') wait.state = asked(wait.state, await ask(wait, step.timeoutMs, hooks), Date.now());
      else if (step.do === 'poll') await poll(wait, step.timeoutMs, hooks);
      else await sleepUntil(wait, step.until, false, hooks);
    }
  });
}

async function ask({ input, state }: Wait, timeoutMs: number, hooks: WaitHooks): Promise<CancelAnswer> {
  hooks.changed?.();
  const activities = proxyActivities<OperationActivities>({
    taskQueue: input.taskQueue,
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: timeoutMs,
    // What Temporal repeats by itself would hide that a request whose answer was lost may have been taken.
    retry: { maximumAttempts: 1 },
    summary: `cancel job ${state.jobId}`,
  });
  try {
    await activities[CANCEL_JOB]({ jobId: state.jobId, account: input.account });
    return undefined;
  } catch (error) {
    const failed = failedCall(error);
    const problem = failed.type === 'error' ? failed.error : noAnswerError(failed.timeoutType);
    log.warn('The job could not be cancelled', { jobId: state.jobId, type: problem.type, error: problem.message });
    return problem;
  }
}
