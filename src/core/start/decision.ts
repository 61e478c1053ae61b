import type { CallError } from '../call-error';
import { cutList } from '../encoded-size';
import { ERROR_KINDS } from '../errors';
import { isoTime } from '../instant';
import { JOB_STATUSES } from '../job';
import { boundRetryAfter, lengthened } from '../retry-timing';
import { budgetInUse } from './budgets';
import { type StartFailure, startUncertain, workflowBusy } from './failure';
import type { StartOptions } from './options';
import type { JobToStart } from './request';
import type { RefusedStart } from './refused-sends';
import { FAILED_SEARCH_GAP_MS, searchGaps } from './search';
import type { BusyWorkflow, StartOutcome, StartState } from './state';
import type { UncertainSend } from './uncertain-send';

/** What a start does next. */
export type StartDecision =
  | { do: 'send' }
  | { do: 'sleep'; until: number }
  /** Ask for the lists of jobs: after an uncertain start, or to see which job keeps the workflow busy. */
  | { do: 'list' }
  /** Take over this run, which another caller started. */
  | { do: 'adopt'; jobId: string }
  | { do: 'done'; startedJob: StartOutcome }
  | { do: 'fail'; failure: StartFailure };

/** Pauses between refused sends, and between looks at the running jobs: a tenth of the time so far, within these bounds. */
const PAUSE = { minimumMs: 5_000, maximumMs: 300_000 };
const LOOK = { minimumMs: 10_000, maximumMs: 60_000 };

/** The first pause after a "not now". Often the start only came less than a second after another start of the account. */
const FIRST_PAUSE = { minimumMs: 2_000, maximumMs: 2_000 };

/**
 * Decides the next step. A plan is made once and kept in `nextStepAt`. `uploads` is the number of documents to send. `random` is from 0 to 1 and is
 * used only when a plan is made.
 */
export function decideStart(
  state: StartState,
  options: StartOptions,
  jobToStart: JobToStart,
  uploads: number,
  now: number,
  random: number,
): StartDecision {
  if (state.startedJob) return { do: 'done', startedJob: state.startedJob };
  if (state.uncertain) return decideUncertain(state, state.uncertain, options, jobToStart, uploads, now);
  if (state.refused) return decideRefused(state, state.refused, options, now, random);
  if (state.busy) return decideBusy(state, state.busy, options, jobToStart, now, random);
  return sendFrom(now, state, options, now);
}

function decideUncertain(
  state: StartState,
  { sentAt, since, error, searches, failedSearches, lastSearchAt, resetRunId, cancelledAt = Infinity }: UncertainSend,
  options: StartOptions,
  jobToStart: JobToStart,
  uploads: number,
  now: number,
): StartDecision {
  const pause = failedSearches > 0 ? FAILED_SEARCH_GAP_MS : searchGaps(state, jobToStart, uploads)[searches];
  const until = cancelledAt + options.confirmLimit;
  const isGivenUp = now >= until || (failedSearches > 0 && lastSearchAt - since >= options.startOutageBudget);
  if (pause !== undefined && !isGivenUp) return at(state, Math.min(lastSearchAt + pause, until), now) ?? { do: 'list' };
  const details = {
    sentAt: isoTime(sentAt),
    cause: { type: error.type, message: error.message },
    token: state.token,
    candidates: cutList(state.candidates?.jobs ?? []),
    candidatesTotal: state.candidates?.total ?? 0,
    unlisted: [...(state.candidates?.unlisted ?? JOB_STATUSES)],
    unreadableEntries: state.candidates?.unreadableEntries ?? 0,
  };
  return { do: 'fail', failure: startUncertain(details, resetRunId !== undefined) };
}

function decideRefused(
  state: StartState,
  refused: RefusedStart,
  options: StartOptions,
  now: number,
  random: number,
): StartDecision {
  const { count, at: refusedAt, error, final } = refused;
  const { name, since, budgetMs } = budgetInUse(refused, options);
  const elapsed = refusedAt - since;
  const isOver = elapsed >= budgetMs && name !== 'documents'; // documents are given up instead
  if (final || isOver) return { do: 'fail', failure: toStartFailure(error) };
  const bounds = name === 'start' && count === 1 ? FIRST_PAUSE : PAUSE;
  const pause = gap(elapsed, bounds, random, boundRetryAfter(error.api?.retryAfterMs ?? 0));
  return sendFrom(refusedAt + pause, state, options, now);
}

/** The failure of a refused start: the refusal of its documents, or the API's error. If no worker sent the start, it is a connection error. */
function toStartFailure({ message, api, refusal }: CallError): StartFailure {
  if (refusal) return { type: 'UnstructuredDocumentRefusedError', message, details: refusal };
  const details = api ?? { kind: 'connection', notSent: true };
  return { type: ERROR_KINDS[details.kind].type, message, details };
}

function decideBusy(
  state: StartState,
  { since, detail, looks, lastLookAt, running, unreadableEntries = 0 }: BusyWorkflow,
  options: StartOptions,
  jobToStart: JobToStart,
  now: number,
  random: number,
): StartDecision {
  const workflowId = 'workflowId' in jobToStart ? jobToStart.workflowId : '';
  const details = { workflowId, detail, running: cutList(running) };
  const fail = { do: 'fail', failure: workflowBusy(details, options.whenBusy !== 'fail') } as const;
  if (looks === 0) return { do: 'list' };
  if (options.whenBusy === 'fail') return fail;
  const [job, ...others] = running;
  const isTheOne = others.length === 0 && unreadableEntries === 0;
  if (options.whenBusy === 'adopt' && job && isTheOne) return { do: 'adopt', jobId: job.id };
  if (lastLookAt - since >= options.startBudget) return fail;
  const next = lastLookAt + gap(lastLookAt - since, LOOK, random);
  return job ? (at(state, next, now) ?? { do: 'list' }) : sendFrom(next, state, options, now);
}

/** Sends at the given time or later, so that starts are at least `startSpacing` apart, whatever a start waited for. */
function sendFrom(time: number, state: StartState, options: StartOptions, now: number): StartDecision {
  const { lastSendAt } = state;
  const spaced = lastSendAt === null ? time : Math.max(time, lastSendAt + options.startSpacing);
  return at(state, spaced, now) ?? { do: 'send' };
}

function gap(elapsedMs: number, { minimumMs, maximumMs }: typeof PAUSE, random: number, leastMs = 0): number {
  return lengthened(Math.max(leastMs, Math.min(maximumMs, Math.max(minimumMs, elapsedMs / 10))), random / 10);
}

/** Sleeps until that time, or until the time planned before; undefined if that time has come. */
function at({ nextStepAt }: StartState, time: number, now: number): StartDecision | undefined {
  const until = nextStepAt ?? time;
  return until > now ? { do: 'sleep', until } : undefined;
}
