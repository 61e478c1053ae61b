import type { FailedCall } from '../call-error';
import { decideStart, type StartDecision } from './decision';
import type { StartFailure } from './failure';
import { givingUp } from './give-up';
import type { JobList, ListJobsInput } from './job-list';
import type { StartOptions } from './options';
import type { SeenBefore, StartAnswer, StartRequest, JobToStart, UploadRequest } from './request';
import { adopted, isOptional, jobsSince, listsToAsk, looked, searched } from './search';
import {
  answered,
  cancelledWhileUncertain,
  doubted,
  type StartOutcome,
  plannedFor,
  sending,
  type StartState,
  unanswered,
} from './state';

/** A start in progress. Its state is replaced as a whole. */
export interface StartUnderWay {
  readonly jobToStart: JobToStart;
  readonly uploads: readonly UploadRequest[];
  /** When the workflow began, even if it was reset since: milliseconds since the epoch. */
  readonly begunAt: number;
  options: StartOptions;
  state: StartState;
  activity: 'sending' | 'listing' | 'sleeping' | 'ended';
}

/** Outcome of sending a start once. `seen`: what was seen before the send. */
export type Sent = { answer: StartAnswer } | { failed: FailedCall; seen: SeenBefore } | 'cancelled';

/**
 * What a start needs from its environment. A step that is cancelled fails with a cancellation, except for a send, which reports whether anything was
 * sent.
 */
export interface StartPort {
  now(): number;
  /** A number from 0 to 1 that is the same for the same attempt. */
  random(attempt: string): number;
  /** Sends the start, once. */
  send(request: Omit<StartRequest, 'account' | 'report' | 'originalRunId' | 'benign'>): Promise<Sent>;
  /** Requests a list of jobs, for at most this many milliseconds; null if the list could not be read. */
  list(query: ListJobsInput, limitMs: number): Promise<JobList | null>;
  sleep(ms: number): Promise<void>;
  isCancelled(): boolean;
  isCancellation(error: unknown): boolean;
  /** Runs a step that no cancellation ends. */
  shielded(step: () => Promise<void>): Promise<void>;
  /** Called when the state has changed. */
  changed?(): void;
  /** Called before a send, a list or a sleep. It may continue as new and then never returns. */
  beforeStep?(): Promise<void>;
  /** Called when the state that a later run needs to resume the start has changed: the start goes out, it brought no job, or its job is known. */
  noted?(): void;
}

type StartEnd = { startedJob: StartOutcome } | { failure: StartFailure } | 'cancelled';

/** Longest time for one list including its retries, and the shortest time if little is left of `confirmLimit`. In milliseconds. */
const LIST_MS = { shortest: 10_000, longest: 300_000 };

/**
 * Performs the steps that the state machine decides, until the start ends. A cancellation ends the start at once if nothing has been sent. If a start
 * may have been received, its job is looked for first, for `confirmLimit`, so that no unknown job is left behind. If the job is found, the wait for
 * it gets the cancellation.
 */
export async function driveStart(start: StartUnderWay, port: StartPort): Promise<StartEnd> {
  for (;;) {
    if (port.isCancelled()) {
      if (!start.state.uncertain && !start.state.startedJob) return 'cancelled';
      start.state = cancelledWhileUncertain(start.state, port.now());
    }
    const { state, options, jobToStart, uploads } = start;
    const random = port.random(attemptName(state));
    const decision = decideStart(state, options, jobToStart, uploads.length, port.now(), random);
    if (decision.do === 'sleep') start.state = plannedFor(state, decision.until); // carried over if the next step continues as new
    if (decision.do === 'done' || decision.do === 'fail') {
      note(start, 'ended', port);
      if (decision.do === 'fail') return port.isCancelled() ? 'cancelled' : { failure: decision.failure };
      port.noted?.();
      return { startedJob: decision.startedJob };
    }
    // A run that continues as new forgets that it is cancelled.
    if (!port.isCancelled()) await port.beforeStep?.();
    try {
      if (state.uncertain && port.isCancelled()) await port.shielded(() => perform(start, decision, port));
      else await perform(start, decision, port);
    } catch (error) {
      // The search continues, within its limit from now on.
      if (!state.uncertain || !port.isCancellation(error)) throw error;
    }
  }
}

/** Identifies the attempt before the next pause. */
function attemptName({ sends, busy }: StartState): string {
  return `${sends}/${busy?.looks ?? 0}`;
}

async function perform(start: StartUnderWay, decision: StartDecision, port: StartPort): Promise<void> {
  if (decision.do !== 'sleep') start.state = plannedFor(start.state, null);
  switch (decision.do) {
    case 'send':
      return send(start, port);
    case 'list':
      return list(start, port);
    case 'adopt': {
      const job = start.state.busy?.running.find(({ id }) => id === decision.jobId);
      if (job) start.state = adopted(start.state, job);
      return;
    }
    case 'sleep':
      note(start, 'sleeping', port);
      await port.sleep(decision.until - port.now());
      start.state = plannedFor(start.state, port.now());
  }
}

async function send(start: StartUnderWay, port: StartPort): Promise<void> {
  const { jobToStart, uploads, options, begunAt } = start;
  start.state = sending(start.state, port.now());
  note(start, 'sending', port);
  port.noted?.();
  const looks = uploads.length === 0 && 'workflowId' in jobToStart && { listJobsSince: jobsSince(port.now()) };
  const { searchedRunId, givenUp } = start.state;
  const sent = await port.send({
    start: jobToStart,
    documents: [...uploads],
    maxDocumentBytes: options.maxDocumentBytes,
    onRefused: options.onRefused,
    ...looks,
    ...(searchedRunId !== undefined && { searchedRunId }),
    ...(givenUp && { refused: givenUp }),
  });
  if (sent !== 'cancelled') {
    const state = stateAfter(sent, start.state, begunAt, port.now());
    start.state = givingUp(state, start.options, uploads.length); // the send may have reported the options
  }
  start.activity = 'sleeping';
  const { startedJob, uncertain, earlierJobIds, skipped } = start.state;
  // The send of an uncertain start is already recorded, but not which jobs existed before, nor that an earlier run may have sent it.
  if (!startedJob && (!uncertain || earlierJobIds || skipped || uncertain.resetRunId !== undefined)) port.noted?.();
}

function stateAfter(sent: Exclude<Sent, 'cancelled'>, state: StartState, begunAt: number, now: number): StartState {
  if ('failed' in sent) return unanswered(state, sent.failed, now, sent.seen);
  if ('resetRunId' in sent.answer) return doubted(state, sent.answer, begunAt, now);
  return answered(state, sent.answer, now);
}

/** Asks for all lists in order. If a required list cannot be read, none of them counts. */
async function list(start: StartUnderWay, port: StartPort): Promise<void> {
  note(start, 'listing', port);
  const { jobToStart, uploads, state, options } = start;
  let lists: JobList[] | null = [];
  let unlisted: string[] | undefined;
  for (const query of listsToAsk(state, jobToStart, uploads.length)) {
    const answer = await port.list(query, listLimit(state, options, port.now()));
    if (isOptional(query)) unlisted ??= [];
    if (answer) lists.push(answer);
    else if (isOptional(query)) unlisted?.push(query.status ?? '');
    else {
      lists = null;
      break;
    }
  }
  start.state = state.uncertain
    ? searched(start.state, lists, jobToStart, uploads.length, port.now(), unlisted)
    : looked(start.state, lists, port.now());
  if (state.uncertain && !start.state.uncertain) port.noted?.(); // no earlier run sent anything
}

function listLimit({ uncertain }: StartState, { confirmLimit }: StartOptions, now: number): number {
  const leftMs = (uncertain?.cancelledAt ?? Infinity) + confirmLimit - now;
  return Math.min(LIST_MS.longest, Math.max(LIST_MS.shortest, leftMs));
}

function note(start: StartUnderWay, activity: StartUnderWay['activity'], port: StartPort): void {
  start.activity = activity;
  port.changed?.();
}
