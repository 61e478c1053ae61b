import { ApplicationFailure, getRandomStream, log } from '@temporalio/workflow';
import { encodedBytes } from '../src/core/encoded-size';
import { UnstructuredError } from '../src/core/errors';
import type { JobCheck, JobSummary } from '../src/core/wait/job-check';
import { progressOf, resultOf, type AwaitJobResult, type WaitProgress } from '../src/core/wait/account';
import { decide, nextLimitAt, type Decision } from '../src/core/wait/decision';
import { tooLargeFailure, type WaitFailure } from '../src/core/wait/failure';
import { resolveWaitInput, type AwaitJobInput, type ResolvedWaitInput } from '../src/core/wait/input';
import type { Observation } from '../src/core/wait/observation';
import { observe } from '../src/core/wait/observe';
import { checking, planned, startWait, type WaitState } from '../src/core/wait/state';
import { durationToMs } from '../src/duration';
import { toApplicationFailure } from '../src/failure';
import { checkJob } from './check-job';

/** A wait under way: the state is replaced as a whole, by the loop and by the signal handler. */
export interface Wait {
  readonly input: ResolvedWaitInput;
  state: WaitState;
  activity: WaitProgress['activity'];
}

/** What differs between the forms of a wait. */
export interface WaitHooks {
  sleep(ms: number, hintable: boolean): Promise<void>;
  /** The state changed. */
  changed?(): void;
  /** The next step is a check or a sleep; may continue as new, which never returns. */
  beforeStep?(): Promise<void>;
}

export function createWait(given: AwaitJobInput<unknown>): Wait {
  const input = checkInput(given);
  const { jobId, launchFiles, options, state } = input;
  const start = { jobId, launchFiles, files: options.files, safetyGapMs: options.safetyGap };
  return { input, state: state ?? startWait(start, Date.now()), activity: 'sleeping' };
}

/** @throws ApplicationFailure `UnstructuredValidationError` */
export function checkInput(input: AwaitJobInput<unknown>): ResolvedWaitInput {
  try {
    return resolveWaitInput(input, durationToMs);
  } catch (error) {
    throw error instanceof UnstructuredError ? toApplicationFailure(error) : error;
  }
}

/** Runs a wait to its end: does what the state machine decides, and nothing else. */
export async function runWait(wait: Wait, hooks: WaitHooks): Promise<AwaitJobResult> {
  const jitter = getRandomStream('temporal-unstructured');
  for (;;) {
    const decision = decide(wait.state, wait.input.options, Date.now(), jitter.random());
    if (decision.do === 'done' || decision.do === 'fail') return end(wait, decision, hooks);
    await hooks.beforeStep?.();
    if (decision.do === 'poll') await poll(wait, decision.timeoutMs, hooks);
    else await sleepUntil(wait, decision, hooks);
  }
}

export function progressOfWait(wait: Wait): WaitProgress {
  return progressOf(wait.state, nextLimitAt(wait.state, wait.input.options), wait.activity);
}

async function poll(wait: Wait, timeoutMs: number, hooks: WaitHooks): Promise<void> {
  wait.state = checking(wait.state);
  wait.activity = 'checking';
  hooks.changed?.();
  const begunAt = Date.now();
  const observation = await checkJob(wait.input, wait.state, timeoutMs);
  logTrouble(wait, observation);
  wait.state = observe(wait.state, observation, begunAt, Date.now());
  if (observation.type === 'answer' && bringsLists(observation.check)) withinSize(wait, observation.check.job);
}

async function sleepUntil(
  wait: Wait,
  { until, hintable }: Extract<Decision, { do: 'sleep' }>,
  hooks: WaitHooks,
): Promise<void> {
  wait.state = planned(wait.state, until);
  wait.activity = 'sleeping';
  hooks.changed?.();
  await hooks.sleep(until - Date.now(), hintable);
}

function end(wait: Wait, decision: Extract<Decision, { do: 'done' | 'fail' }>, hooks: WaitHooks): AwaitJobResult {
  wait.activity = 'ended';
  hooks.changed?.();
  if (decision.do === 'fail') throw failureOf(decision.failure);
  return withinSize(wait, decision.job);
}

function bringsLists({ inputFileIds, outputNodeFiles }: JobCheck): boolean {
  return inputFileIds?.entries !== undefined || outputNodeFiles?.entries !== undefined;
}

/**
 * Temporal terminates a workflow whose result or carried state is above 2 MB: a typed failure comes before that, as soon as the lists are
 * there.
 */
function withinSize({ input, state }: Wait, job: JobSummary): AwaitJobResult {
  const result = resultOf(state, job, Date.now());
  const bytes = encodedBytes(result);
  const { maxResultBytes: maxBytes, files } = input.options;
  if (bytes <= maxBytes) return result;
  const { outputNodeFilesTotal } = result;
  throw failureOf(tooLargeFailure({ jobId: state.jobId, job, bytes, maxBytes, files, outputNodeFilesTotal }));
}

export function failureOf({ type, message, details }: WaitFailure): ApplicationFailure {
  return ApplicationFailure.create({ type, message, details: [details], nonRetryable: true });
}

function logTrouble({ state }: Wait, observation: Observation): void {
  const { jobId } = state;
  if (observation.type === 'error')
    log.warn('A check of the job failed', { jobId, type: observation.error.type, error: observation.error.message });
  if (observation.type === 'noAnswer')
    log.warn('A check of the job brought no answer', { jobId, timeoutType: observation.timeoutType });
}
