import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { toApplicationFailure } from '../../src/common/failure';
import { chance } from '../../src/core/chance';
import { CREATE_JOB, LIST_JOBS, RUN_WORKFLOW } from '../../src/core/names';
import { type CallError, callErrorOf } from '../../src/core/call-error';
import { isJobList, isStartAnswer } from '../../src/core/start/check-answers';
import { judgeSend } from '../../src/core/start/certainty';
import { driveStart, type StartPort, type StartUnderWay } from '../../src/core/start/drive';
import type { ListJobsInput } from '../../src/core/start/job-list';
import { INITIAL_START_OPTIONS, type StartOptions } from '../../src/core/start/options';
import type { StartAnswer, StartRequest } from '../../src/core/start/request';
import type { StartOutcome, StartState } from '../../src/core/start/state';
import type { ScheduleTimes } from '../../src/core/unserved';
import { type AttributeNames, attributesToAsk } from '../../src/core/attributes';
import { failedCall, foreignAnswer } from '../support/failures';
import { LISTING, type ActivityQueue, scheduleShown } from '../support/schedule';
import { type ReportedBack, reportedBack, reportedInFailure } from '../support/reported-back';
import { noteAttributesError } from '../support/search-attributes';
import { failedSend, seenBefore } from './failed-send';

/** Minimum time for a worker to take a start, however small the budget. In milliseconds. */
export const SHORTEST_QUEUE_TIME = 10_000;

/** A start of this workflow. */
export interface Start extends StartUnderWay {
  /** Target of the outputs. Absent if none are fetched, or if the workers that start jobs may differ from those that fetch outputs. */
  readonly outputsTo?: string;
  readonly account?: string;
  readonly activityTaskQueue?: string;
  /** The search attributes that the run sets; null if it sets none. */
  readonly searchAttributes?: AttributeNames | null;
  /** Options that apply once a send has reported them back; undefined after that. */
  proposed?: StartOptions;
  /** Lists that could not be read at the last request: the type of the error, by the status of the list. */
  readonly unread: Map<string | undefined, string>;
}

interface StartHooks extends Pick<StartPort, 'changed' | 'beforeStep' | 'noted'> {
  /** Whether activities signal to this workflow how many documents are sent. */
  report?: boolean;
}

/** Runs a start to its end. @throws the cancellation, whatever happens to a start without a known job; otherwise ApplicationFailure */
export async function runStart(start: Start, { report, ...hooks }: StartHooks = {}): Promise<StartOutcome> {
  const scope = CancellationScope.current();
  const seed = start.state.token ?? workflowInfo().workflowId;
  const end = await driveStart(start, {
    ...hooks,
    now: () => Date.now(),
    random: (attempt) => chance(`${seed}/${attempt}`),
    send: (request) =>
      send(start, hooks, {
        ...request,
        account: start.account,
        outputsTo: start.outputsTo,
        report,
        originalRunId: workflowInfo().originalExecutionRunId,
        benign: true,
      }),
    list: (query, limitMs) => list(start, hooks, query, limitMs),
    sleep: (ms) => sleep(ms, { summary: sleepSummary(start.state) }),
    isCancelled: () => scope.consideredCancelled,
    isCancellation,
    shielded: (step) => CancellationScope.nonCancellable(step),
  });
  if (end === 'cancelled') {
    const { uncertain, token } = start.state;
    if (uncertain) log.warn('A start that was cancelled may have started a job', { token, sentAt: uncertain.sentAt });
    return scope.cancelRequested;
  }
  if ('failure' in end) throw toApplicationFailure(end.failure);
  return end.startedJob;
}

function startQueue(start: Start, taskQueue: string | undefined, { changed }: StartHooks): ActivityQueue {
  return {
    taskQueue,
    unserved: start.state.unserved,
    note: (unserved) => {
      start.state = { ...start.state, unserved };
      changed?.();
    },
  };
}

async function send(start: Start, hooks: StartHooks, given: StartRequest): ReturnType<StartPort['send']> {
  const { uploads, state, activityTaskQueue, proposed, searchAttributes: names } = start;
  const options = proposed ?? start.options;
  const searchAttributes = attributesToAsk(state, names);
  const request = {
    ...given,
    maxDocumentBytes: options.maxDocumentBytes,
    ...(proposed && { options: proposed }),
    ...(searchAttributes && { searchAttributes }),
  };
  const activity = 'workflowId' in given.start ? RUN_WORKFLOW : CREATE_JOB;
  const taskQueue = start.options.startTaskQueue ?? activityTaskQueue;
  const limitMs = Math.max(options.startOutageBudget, SHORTEST_QUEUE_TIME);
  // Sent once: a retry by Temporal could start a second job. A start that no worker took was not sent.
  const schedule = ({ scheduleToStartTimeout }: ScheduleTimes): Promise<StartAnswer> => {
    const activities = proxyActivities<Record<typeof activity, (request: StartRequest) => Promise<StartAnswer>>>({
      taskQueue,
      scheduleToStartTimeout,
      startToCloseTimeout: options.uploadTimeout,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      heartbeatTimeout: '20 seconds',
      retry: { maximumAttempts: 1 },
      summary: `start ${state.sends}: ${uploads.length} documents`,
    });
    return activities[activity](request);
  };
  try {
    const answer = await scheduleShown(startQueue(start, taskQueue, hooks), limitMs, schedule);
    fixOptions(start, reportedBack(answer), true);
    if (!isStartAnswer(answer)) throw foreignAnswer(activity);
    return { answer };
  } catch (error) {
    // A cancelled activity has sent nothing: after the first byte, it continues to its end.
    if (isCancellation(error)) return 'cancelled';
    fixOptions(start, reportedInFailure(error), false);
    const failed = failedSend(error);
    const told = { sends: state.sends, ...failed };
    if (judgeSend(failed) === 'uncertain') log.warn('A start of a job was not answered', told);
    else if (state.refused?.error.type !== callErrorOf(failed).type)
      log.info('A start of a job was refused, or not sent whole', told); // once: the progress of the run shows the rest
    return { failed, seen: seenBefore(error) };
  }
}

async function list(
  start: Start,
  hooks: StartHooks,
  ...[query, limitMs]: Parameters<StartPort['list']>
): ReturnType<StartPort['list']> {
  const { state, account, activityTaskQueue } = start;
  const searchAttributes = attributesToAsk(state, start.searchAttributes);
  const schedule = (times: ScheduleTimes) =>
    proxyActivities<OperationActivities>({
      ...LISTING,
      ...times,
      taskQueue: activityTaskQueue,
      summary: state.uncertain ? 'look for the job of the start' : 'look for running jobs of the workflow',
    })[LIST_JOBS]({ account, ...query, benign: true, ...(searchAttributes && { searchAttributes }) });
  try {
    const answer = await scheduleShown(startQueue(start, activityTaskQueue, hooks), limitMs, schedule);
    fixOptions(start, { attributesError: reportedBack(answer).attributesError }, false);
    if (!isJobList(answer)) throw foreignAnswer(LIST_JOBS);
    if (start.unread.delete(query.status)) log.info('A list of jobs is read again', { status: query.status });
    return answer;
  } catch (error) {
    if (isCancellation(error)) throw error;
    fixOptions(start, { attributesError: reportedInFailure(error).attributesError }, false);
    logUnread(start, query, callErrorOf(failedCall(error)));
    return null;
  }
}

/** Logs an error once per change of its type. Lists may fail for hours, and the run's progress shows the rest. */
function logUnread({ unread }: Start, { status }: ListJobsInput, { type, message }: CallError): void {
  if (unread.get(status) === type) return;
  unread.set(status, type);
  log.warn('The list of jobs could not be read', { status, type, error: message });
}

/** Applies the proposed options once a send has reported them back. If an answer reports none, the options stay as they are. */
function fixOptions(start: Start, { options: reported, attributesError }: ReportedBack, isAnswer: boolean): void {
  start.state = noteAttributesError(start.state, attributesError);
  if (!start.proposed) return;
  if (reported) start.options = { ...INITIAL_START_OPTIONS, ...reported };
  if (reported || isAnswer) start.proposed = undefined;
}

function sleepSummary({ uncertain, refused, busy }: StartState): string {
  if (uncertain) return `start of ${new Date(uncertain.sentAt).toISOString()} not answered: looking for its job`;
  if (refused) return `start refused ${refused.count} times in a row: ${refused.error.type}`.slice(0, 200);
  return busy ? 'the workflow is running already' : 'start';
}
