import { log } from '@temporalio/workflow';
import { encodedBytes } from '../../src/core/encoded-size';
import type { JobSummary } from '../../src/core/job';
import { type AwaitJobResult, type DocumentsTold, resultOf } from '../../src/core/wait/account';
import { tooLargeFailure } from '../../src/core/wait/failure';
import type { JobCheck, Observation } from '../../src/core/wait/job-check';
import { observe } from '../../src/core/wait/observe';
import { checking, due, isAbsent, planned } from '../../src/core/wait/state';
import { checkJob } from './check-job';
import { findJob } from './find-job';
import { failureOf, HINTED, type Wait, type WaitHooks } from './wait';

/** Checks the job once. No async function: in a workflow each promise costs a stack trace. */
export function poll(wait: Wait, timeoutMs: number, hooks: WaitHooks): Promise<Observation> {
  wait.state = checking(wait.state);
  wait.activity = 'checking';
  hooks.changed?.();
  const begunAt = Date.now();
  const look = isAbsent(wait.state) ? findJob : checkJob;
  return look(wait, timeoutMs).then((observation) => {
    logTrouble(wait, observation);
    wait.state = observe(wait.state, observation, begunAt, Date.now());
    return observation;
  });
}

/** Sleeps until the time of the plan. A timer that fired is the plan: what comes next is not asked for anew. */
export function sleepUntil(wait: Wait, until: number, hintable: boolean, hooks: WaitHooks): Promise<void> {
  wait.state = planned(wait.state, until);
  wait.activity = 'sleeping';
  hooks.changed?.();
  return hooks.sleep(until - Date.now(), hintable).then((end) => {
    if (end !== HINTED) wait.state = due(wait.state, Date.now());
  });
}

/**
 * What a check brought must fit. A wait that cancels its job ends for another reason, and carries nothing.
 * @throws ApplicationFailure where the lists are more than the workflow can carry
 */
export function listsWithinSize(wait: Wait, observation: Observation): void {
  if (observation.type === 'answer' && bringsLists(observation.check)) withinSize(wait, observation.check.job);
}

/**
 * The result of a wait. Temporal terminates a workflow whose result or carried state is above 2 MB: a typed failure comes before that, as
 * soon as the lists are there.
 */
export function withinSize({ options, state }: Wait, job: JobSummary, told?: DocumentsTold): AwaitJobResult {
  const result = resultOf(state, job, Date.now(), told);
  const bytes = encodedBytes(result);
  const { maxResultBytes: maxBytes, files } = options;
  if (bytes <= maxBytes) return result;
  const { outputNodeFilesTotal } = result;
  throw failureOf(tooLargeFailure({ jobId: state.jobId, job, bytes, maxBytes, files, outputNodeFilesTotal }));
}

function bringsLists({ inputFileIds, outputNodeFiles }: JobCheck): boolean {
  return inputFileIds?.entries !== undefined || outputNodeFiles?.entries !== undefined;
}

function logTrouble({ state }: Wait, observation: Observation): void {
  const { jobId } = state;
  if (observation.type === 'error')
    log.warn('A check of the job failed', { jobId, type: observation.error.type, error: observation.error.message });
  if (observation.type === 'noAnswer')
    log.warn('A check of the job brought no answer', { jobId, timeoutType: observation.timeoutType });
}
