import {
  ActivityCancellationType,
  CancellationScope,
  getRandomStream,
  isCancellation,
  log,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/operations';
import { CREATE_JOB, LIST_JOBS, RUN_WORKFLOW } from '../../src/core/names';
import { decideStart, type StartDecision } from '../../src/core/start/decision';
import type { JobList } from '../../src/core/start/job-list';
import type { StartOptions } from '../../src/core/start/options';
import type { UploadRequest } from '../../src/core/start/request';
import { adopted, listsToAsk, looked, searched } from '../../src/core/start/search';
import {
  answered,
  cancelledWhileUncertain,
  sending,
  unanswered,
  type Launched,
  type StartState,
} from '../../src/core/start/state';
import type { StartTarget } from '../../src/core/start/target';
import type { WaitFailure } from '../../src/core/wait/failure-details';
import { failedCall } from '../wait/failed-call';
import { failureOf } from '../wait/wait';

/** However small the budget, a worker gets so many milliseconds to take a start. */
const SHORTEST_QUEUE_TIME = 10_000;

/** A start under way: the state is replaced as a whole. */
export interface Start {
  readonly target: StartTarget;
  readonly uploads: readonly UploadRequest[];
  readonly options: StartOptions;
  readonly account?: string;
  readonly taskQueue?: string;
  state: StartState;
  activity: 'sending' | 'listing' | 'sleeping' | 'ended';
}

export interface StartHooks {
  /** The state changed. */
  changed?(): void;
  /** The next step is a send, a list or a sleep; may continue as new, which never returns. */
  beforeStep?(): Promise<void>;
  /** What would take the start up again changed: it goes out, it was certainly not accepted, or its job is known. */
  noted?(): void;
  /** Whether activities signal this workflow how many documents are through. */
  report?: boolean;
}

/**
 * Runs a start to its end: does what the state machine decides. A cancellation ends it at once while nothing is sent. A start that may have
 * been received is waited for or looked for first, so that no job is left that nobody knows of; where it is found, whoever awaits the job
 * hears of the cancellation.
 */
export async function runStart(start: Start, hooks: StartHooks = {}): Promise<Launched> {
  const scope = CancellationScope.current();
  const jitter = getRandomStream('temporal-unstructured start');
  let random = jitter.random();
  for (;;) {
    if (scope.consideredCancelled) await cancel(start, scope);
    const { state, options, target, uploads } = start;
    const decision = decideStart(state, options, target, uploads.length, Date.now(), random);
    if (decision.do === 'done' || decision.do === 'fail') {
      note(start, 'ended', hooks);
      if (decision.do === 'fail') return await fail(decision.failure, scope);
      hooks.noted?.();
      return decision.launched;
    }
    // A run that continues as new forgets that it is cancelled.
    if (!scope.consideredCancelled) await hooks.beforeStep?.();
    const step = () => perform(start, decision, hooks);
    if (state.uncertain) await CancellationScope.nonCancellable(step);
    else await step();
    // At the end of a sleep it is decided again: by another number it would not be time yet.
    if (decision.do !== 'sleep') random = jitter.random();
  }
}

/** @throws the cancellation, unless there may be a job */
async function cancel(start: Start, scope: CancellationScope): Promise<void> {
  if (!start.state.uncertain && !start.state.launched) await scope.cancelRequested;
  start.state = cancelledWhileUncertain(start.state, Date.now());
}

/** Whatever becomes of a start, a caller's cancellation ends as one. */
async function fail(failure: WaitFailure, scope: CancellationScope): Promise<never> {
  if (scope.consideredCancelled) await scope.cancelRequested;
  throw failureOf(failure);
}

async function perform(start: Start, decision: StartDecision, hooks: StartHooks): Promise<void> {
  switch (decision.do) {
    case 'send':
      return send(start, hooks);
    case 'list':
      return list(start, hooks);
    case 'adopt': {
      const job = start.state.busy?.running.find(({ id }) => id === decision.jobId);
      if (job) start.state = adopted(start.state, job);
      return;
    }
    case 'sleep':
      note(start, 'sleeping', hooks);
      await sleep(decision.until - Date.now(), { summary: sleepSummary(start.state) });
  }
}

async function send(start: Start, hooks: StartHooks): Promise<void> {
  const { target, uploads, options, account } = start;
  start.state = sending(start.state, Date.now());
  note(start, 'sending', hooks);
  hooks.noted?.();
  const name = 'workflowId' in target ? RUN_WORKFLOW : CREATE_JOB;
  // Sent once: what Temporal repeats by itself could start a second job.
  const activities = proxyActivities<OperationActivities>({
    taskQueue: options.launchTaskQueue ?? start.taskQueue,
    scheduleToStartTimeout: Math.max(options.launchOutageBudget, SHORTEST_QUEUE_TIME),
    startToCloseTimeout: options.uploadTimeout,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    heartbeatTimeout: '20 seconds',
    retry: { maximumAttempts: 1 },
    summary: `start ${start.state.sends}: ${uploads.length} documents`,
  });
  const { maxFileBytes } = options;
  try {
    const request = { account, target, documents: [...uploads], maxFileBytes, report: hooks.report };
    start.state = answered(start.state, await activities[name](request), Date.now());
  } catch (error) {
    // A cancelled activity is one that sent nothing: past the first byte it goes on to its end.
    if (!isCancellation(error)) {
      const failure = failedCall(error);
      log.warn('A start of a job was not answered', { sends: start.state.sends, ...failure });
      start.state = unanswered(start.state, failure, Date.now());
    }
  }
  start.activity = 'sleeping';
  const { launched, uncertain } = start.state;
  if (!launched && !uncertain) hooks.noted?.();
}

async function list(start: Start, hooks: StartHooks): Promise<void> {
  note(start, 'listing', hooks);
  const { target, uploads, state } = start;
  const lists = await askLists(start);
  start.state = state.uncertain
    ? searched(state, lists, target, uploads.length, Date.now())
    : looked(state, lists, Date.now());
}

/** All lists, or null where one of them could not be had. */
async function askLists({ state, target, account, taskQueue }: Start): Promise<JobList[] | null> {
  const activities = proxyActivities<OperationActivities>({
    taskQueue,
    startToCloseTimeout: '60 seconds',
    scheduleToCloseTimeout: '5 minutes',
    retry: { initialInterval: '1 second', maximumInterval: '10 seconds', maximumAttempts: 4 },
    summary: state.uncertain ? 'look for the job of the start' : 'look who is running',
  });
  const answers: JobList[] = [];
  try {
    for (const query of listsToAsk(state, target, Date.now()))
      answers.push(await activities[LIST_JOBS]({ account, ...query }));
    return answers;
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('The list of jobs could not be had', { ...failedCall(error) });
    return null;
  }
}

function note(start: Start, activity: Start['activity'], hooks: StartHooks): void {
  start.activity = activity;
  hooks.changed?.();
}

function sleepSummary({ uncertain, refused, busy }: StartState): string {
  if (uncertain) return `start of ${new Date(uncertain.sentAt).toISOString()} not answered: looking for its job`;
  if (refused) return `start refused ${refused.count} times in a row: ${refused.error.type}`.slice(0, 200);
  return busy ? 'the workflow is running already' : 'start';
}
