import { type ApplicationFailure, isCancellation, log, proxyActivities, sleep } from '@temporalio/workflow';
import type { CheckJobInput, OperationActivities } from '../../activities';
import { toApplicationFailure } from '../../src/common/failure';
import { attributesToAsk } from '../../src/core/attributes';
import { NO_ANSWER } from '../../src/core/call-error';
import { encodedBytes } from '../../src/core/encoded-size';
import { UnstructuredResponseError } from '../../src/core/errors';
import { isJobId, type JobSummary } from '../../src/core/job';
import { GET_JOB, LIST_JOBS } from '../../src/core/names';
import { type AwaitJobResult, type ReportedDocuments, waitResult } from '../../src/core/wait/report';
import { tooLargeDetails, tooLargeFailure } from '../../src/core/wait/failure';
import { isJobCheck, type JobCheck, type Observation } from '../../src/core/wait/job-check';
import { observe } from '../../src/core/wait/observe';
import type { ScheduleTimes } from '../../src/core/unserved';
import { checking, due, planned } from '../../src/core/wait/next-check';
import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { digestsHeld, holding, isAbsent, jobIdIn } from '../../src/core/wait/state';
import { failedCall, foreignAnswer } from '../support/failures';
import { ASKING, LISTING, scheduleShown } from '../support/schedule';
import { sleepSummary } from './current-details';
import { type ReportedBack, reportedBack, reportedInFailure } from '../support/reported-back';
import { noteAttributesError } from '../support/search-attributes';
import { HINTED, waitQueue, type Wait, type WaitHooks } from './wait';

/** Checks the job once. Not an async function, because in a workflow each promise costs a stack trace. */
export function poll(wait: Wait, timeoutMs: number, hooks: WaitHooks): Promise<Observation> {
  wait.state = checking(wait.state);
  wait.activity = 'checking';
  hooks.changed?.();
  const begunAt = Date.now();
  const look = isAbsent(wait.state) ? findJob : checkJob;
  return look(wait, timeoutMs, hooks).then((observation) => {
    logChange(wait, observation);
    wait.state = observe(wait.state, observation, begunAt, Date.now());
    return observation;
  });
}

/** Sleeps until the planned time. Once the timer has fired, the check is due: the plan is not made again. */
export function sleepUntil(wait: Wait, until: number, hintable: boolean, hooks: WaitHooks): Promise<void> {
  wait.state = planned(wait.state, until);
  wait.activity = 'sleeping';
  hooks.changed?.();
  const begin = () => sleep(until - Date.now(), { summary: sleepSummary(wait.state) });
  return hooks.pause(begin, hintable).then((end) => {
    if (end !== HINTED) wait.state = due(wait.state, Date.now());
  });
}

/**
 * Checks that the lists from a check fit. A wait that cancels its job skips this: it ends for another reason, and carries no lists.
 * @throws ApplicationFailure if the lists are larger than the workflow can carry
 */
export function listsWithinSize(wait: Wait, observation: Observation | null): void {
  if (observation?.type === 'answer' && bringsLists(observation.check)) withinSize(wait, observation.check.job);
}

/**
 * The result of a wait. Temporal terminates a workflow whose result or carried state is above 2 MB. A typed failure prevents that as soon as the
 * lists are known.
 */
export function withinSize(wait: Wait, job: JobSummary, told?: ReportedDocuments): AwaitJobResult {
  const result = waitResult(wait.state, job, Date.now(), told);
  const bytes = encodedBytes(result);
  const { maxResultBytes: maxBytes } = wait.options;
  if (bytes <= maxBytes) return result;
  const { outputNodeFilesTotal } = result;
  const size = { bytes, maxBytes, outputNodeFilesTotal };
  throw toApplicationFailure(tooLargeFailure(tooLargeDetails(wait, job, size, Date.now())));
}

function bringsLists({ inputFileIds, outputNodeFiles }: JobCheck): boolean {
  return inputFileIds?.entries !== undefined || outputNodeFiles?.entries !== undefined;
}

/** Logs an error once per change of its type. Checks may fail for hours, and the wait's progress shows the rest. */
export function logChange({ state }: Wait, observation: Observation): void {
  const { jobId, failing, lastError } = state;
  const before = failing ? lastError?.type : undefined;
  if (observation.type === 'error' && observation.error.type !== before)
    log.warn('A check of the job failed', { jobId, type: observation.error.type, error: observation.error.message });
  else if (observation.type === 'noAnswer' && before !== NO_ANSWER)
    log.warn('A check of the job brought no answer', { jobId, timeoutType: observation.timeoutType });
  else if (failing && observation.type !== 'error' && observation.type !== 'noAnswer')
    log.info('Checks of the job are answered again', { jobId, failed: failing.count });
}

/**
 * Looks whether the awaited job has appeared. If there are several, the first that was created counts.
 * @throws only a cancellation
 */
async function findJob(wait: Wait, timeoutMs: number, hooks: WaitHooks): Promise<Observation> {
  const { account, activityTaskQueue: taskQueue } = wait.input;
  const { awaited, checks } = wait.state;
  const searchAttributes = attributesToAsk(wait.state, (wait.proposed ?? wait.options).searchAttributes);
  const query = { account, ...awaited, oldestFirst: true, benign: true };
  const look = (times: ScheduleTimes) =>
    proxyActivities<OperationActivities>({
      ...LISTING,
      ...times,
      taskQueue,
      summary: `look ${checks + 1} for a job of workflow ${awaited?.workflowId ?? ''}`,
    })[LIST_JOBS]({ ...query, searchAttributes, ...(wait.proposed && { options: wait.proposed }) });
  try {
    const answer = await scheduleShown(waitQueue(wait, hooks), timeoutMs, look);
    fixOptions(wait, reportedBack(answer), true);
    const { jobs, unreadableEntries = 0 } = answer;
    if (unreadableEntries > 0) throw unreadableList(unreadableEntries);
    const [first] = jobs;
    if (!first) return { type: 'absent' };
    if (isJobId(first.id)) return { type: 'appeared', jobId: first.id };
    throw foreignAnswer(LIST_JOBS);
  } catch (error) {
    if (isCancellation(error)) throw error;
    fixOptions(wait, reportedInFailure(error), false);
    return failedCall(error);
  }
}

/** Each entry that cannot be read may be the first job. So the check fails, and the outage budget limits how long this may last. */
function unreadableList(entries: number): ApplicationFailure {
  const error = new UnstructuredResponseError(
    `${entries} of the listed jobs could not be read: each may be the one that is waited for`,
    { kind: 'response' },
  );
  return toApplicationFailure(error);
}

/**
 * Asks for the job once, through the `getJob` activity.
 * @throws only a cancellation
 */
function checkJob(wait: Wait, timeoutMs: number, hooks: WaitHooks): Promise<Observation> {
  const { input, state, proposed } = wait;
  const { account, activityTaskQueue: taskQueue } = input;
  const { files, maxResultBytes, searchAttributes: names } = proposed ?? wait.options;
  const searchAttributes = attributesToAsk(state, names);
  const held = digestsHeld(state);
  const check = (times: ScheduleTimes) =>
    proxyActivities<Record<typeof GET_JOB, (input: CheckJobInput) => Promise<JobCheck>>>({
      ...ASKING,
      ...times,
      taskQueue,
      summary: `check ${state.checks + 1}: job ${state.jobId}`,
    })[GET_JOB]({ jobId: jobIdIn(state), account, held, files, maxResultBytes, options: proposed, searchAttributes });
  return scheduleShown(waitQueue(wait, hooks), timeoutMs, check).then(
    (check: unknown) => {
      fixOptions(wait, reportedBack(check), true);
      return isJobCheck(check) ? { type: 'answer', check } : failedCall(foreignAnswer(GET_JOB));
    },
    (error: unknown) => {
      if (isCancellation(error)) throw error;
      fixOptions(wait, reportedInFailure(error), false);
      return failedCall(error);
    },
  );
}

/** Applies the proposed options once an answer has reported them back. If an answer reports none, the options stay as they are. */
function fixOptions(wait: Wait, { options: reported, attributesError }: ReportedBack, isAnswer: boolean): void {
  wait.state = noteAttributesError(wait.state, attributesError, { jobId: wait.state.jobId });
  if (!wait.proposed) return;
  if (reported) {
    wait.options = { ...INITIAL_WAIT_OPTIONS, ...reported };
    wait.state = holding(wait.state, wait.options);
  }
  if (reported || isAnswer) wait.proposed = undefined;
}
