import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { toApplicationFailure } from '../../src/common/failure';
import { encodedBytes, listWithin } from '../../src/core/encoded-size';
import { isTerminal, type JobSummary } from '../../src/core/job';
import type { FailedFile } from '../../src/core/job-details';
import { type AwaitJobResult, type ReportedDocuments, waitResult } from '../../src/core/wait/report';
import { callErrorOf } from '../../src/core/call-error';
import { asked, beginCancel, type CancelAnswer, decideCancel } from '../../src/core/wait/cancel';
import { decide, decideAfterCancel, type Ending, type Limit, nextLimit } from '../../src/core/wait/decision';
import { partialFailure, withFailedFiles } from '../../src/core/wait/failure';
import type { WaitFailure } from '../../src/core/wait/failure-details';
import { checkChance, planned } from '../../src/core/wait/next-check';
import { isAbsent, jobIdIn, verdictOfState } from '../../src/core/wait/state';
import { askDocuments, askFailedFiles } from './ask-documents';
import { countNodes } from './count-nodes';
import { listsWithinSize, poll, sleepUntil, withinSize } from './poll';
import { logCancelFailed, requestCancel } from './request-cancel';
import type { Wait, WaitHooks } from './wait';
import { watch } from './watch';

/** Runs a wait to its end, by performing what the state machine decides. */
export async function runWait(wait: Wait, hooks: WaitHooks): Promise<AwaitJobResult> {
  const scope = CancellationScope.current();
  // The answer to a check may arrive in the same task as the cancellation. The cancellation takes precedence over any other end of the wait.
  const unlessCancelled = () => (scope.consideredCancelled ? scope.cancelRequested : undefined);
  try {
    return await waitForEnd(wait, hooks).finally(unlessCancelled);
  } catch (error) {
    const { options } = wait;
    const isOver = wait.state.cancel !== undefined || isAbsent(wait.state) || isTerminal(verdictOfState(wait.state));
    // A caller's cancellation always ends as a cancellation, whatever happens to the job.
    if (isCancellation(error) && options.onCancel === 'cancel' && !isOver) await cancelAndConfirm(wait, hooks);
    throw error;
  } finally {
    wait.activity = 'ended';
    hooks.changed?.();
  }
}

async function waitForEnd(wait: Wait, hooks: WaitHooks): Promise<AwaitJobResult> {
  for (;;) {
    const decision = decide(wait.state, wait.options, Date.now(), checkChance(wait.state));
    if (decision.do === 'done' || decision.do === 'fail') return endWait(wait, decision, hooks);
    if (decision.do === 'cancel') return cancelAtLimit(wait, decision.limit, hooks);
    if (decision.do === 'count') {
      await countNodes(wait, hooks);
      continue;
    }
    if (decision.do === 'sleep') wait.state = planned(wait.state, decision.until); // carried over if the next step continues as new
    const before = hooks.beforeStep?.();
    if (before) await before;
    if (decision.do === 'poll') listsWithinSize(wait, await poll(wait, decision.timeoutMs, hooks));
    else if (decision.do === 'watch') listsWithinSize(wait, await watch(wait, decision.times, hooks));
    else await sleepUntil(wait, decision.until, decision.hintable, hooks);
  }
}

async function cancelAtLimit(wait: Wait, limit: Limit, hooks: WaitHooks): Promise<AwaitJobResult> {
  await cancelAndConfirm(wait, hooks);
  return endWait(wait, decideAfterCancel(wait.state, limit, Date.now()), hooks, limit);
}

/** Maximum size of the list of failed documents in a result, in bytes of JSON. */
const MAX_FAILED_FILES_BYTES = 512 * 1_024;

/**
 * Returns or throws the end of a wait, with the outcome of the job's documents. The outcome is requested within the total limit. If a limit has
 * `passed`, it is requested once, within the shortest time of a check.
 */
async function endWait(wait: Wait, ending: Ending, hooks: WaitHooks, passed?: Limit): Promise<AwaitJobResult> {
  const limit = passed ?? nextLimit(wait.state, wait.options);
  if (ending.do === 'fail') throw toApplicationFailure(await withDocuments(wait, ending.failure, limit, hooks));
  const { job } = ending;
  const result = withinSize(wait, job); // before a call whose answer would not fit
  const { told, someFailed } = await askDocuments(wait, limit, hooks);
  const { documents, documentsError } = told;
  if (documents && someFailed && wait.options.failedFiles === 'fail')
    throw toApplicationFailure(partialFailure(wait.state, job, documents, Date.now()));
  return documents === null && documentsError === null ? result : fitting(wait, job, told);
}

async function withDocuments(
  wait: Wait,
  failure: WaitFailure,
  limit: Limit | null,
  hooks: WaitHooks,
): Promise<WaitFailure> {
  if (failure.type !== 'UnstructuredJobFailedError' && failure.type !== 'UnstructuredJobStoppedError') return failure;
  const failed = await askFailedFiles(wait, limit, hooks);
  return failed ? withFailedFiles(failure, failed) : failure;
}

/** Adds failed documents to a result only as far as they fit next to the lists of files. */
function fitting(
  { options, state }: Wait,
  job: JobSummary,
  { documents, documentsError }: ReportedDocuments,
): AwaitJobResult {
  const resultWith = (failedFiles: FailedFile[]) =>
    waitResult(state, job, Date.now(), { documents: documents && { ...documents, failedFiles }, documentsError });
  const room = options.maxResultBytes - encodedBytes(resultWith([]));
  return resultWith(listWithin(documents?.failedFiles ?? [], Math.min(MAX_FAILED_FILES_BYTES, room)));
}

/**
 * Asks the API to stop the job, and checks until the job has ended or the confirm limit has passed. No cancellation interrupts this. The outcome is
 * part of the wait's state.
 */
function cancelAndConfirm(wait: Wait, hooks: WaitHooks): Promise<void> {
  wait.state = beginCancel(wait.state, Date.now());
  return CancellationScope.nonCancellable(async () => {
    for (let { cancel } = wait.state; cancel; { cancel } = wait.state) {
      const step = decideCancel(wait.state, cancel, wait.options, Date.now());
      if (step.do === 'over') return;
      if (step.do === 'ask') {
        const answer = await ask(wait, step.timeoutMs, hooks);
        wait.state = asked(wait.state, answer, Date.now());
      } else if (step.do === 'poll') await poll(wait, step.timeoutMs, hooks);
      else await sleepUntil(wait, step.until, false, hooks);
    }
  });
}

async function ask({ input, state }: Wait, timeoutMs: number, hooks: WaitHooks): Promise<CancelAnswer> {
  hooks.changed?.();
  const jobId = jobIdIn(state);
  const failed = await requestCancel(jobId, input, timeoutMs, 1);
  if (failed && callErrorOf(failed).type !== state.cancel?.error?.type) logCancelFailed(jobId, failed);
  return failed;
}
