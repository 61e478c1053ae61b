import type { AttributesOnServer } from '../attributes';
import type { CallError, FailedCall } from '../call-error';
import type { RefusedDocument, SkippedDocument } from '../refusal';
import { judgeSend } from './certainty';
import type { Unserved } from '../unserved';
import type { ListedJob } from './job-list';
import { refusedAgain, type RefusedBefore, type RefusedStart, callErrorOfSend } from './refused-sends';
import type { ApiStartAnswer, JobAtStart, ResetAnswer, SeenBefore } from './request';
import { type UncertainSend, UNKNOWN_OUTCOME, unsearched } from './uncertain-send';

/** Everything that a start knows. Plain data, so that continue-as-new can carry it. Times are milliseconds since the epoch, workflow time. */
export interface StartState {
  version: 1;
  /** Beginning of the uploaded names, by which the job is recognized; null without the option `startToken`. */
  token: string | null;
  /** Number of sends. */
  sends: number;
  lastSendAt: number | null;
  /** Sends in a row that were certainly not accepted, and how the last one failed. */
  refused: RefusedStart | null;
  /** Start times of budgets for the next refused send, if documents were given up after the last one. */
  refusedBefore?: RefusedBefore | undefined;
  /** A send that may have been accepted. Nothing is sent after it. */
  uncertain: UncertainSend | null;
  /** "A run is in progress, no new job." */
  busy: BusyWorkflow | null;
  /**
   * Jobs of the workflow that existed right before the uncertain send, so they are never ours. At most 100 ids; null if they could not be listed, so
   * that no run can be recognized with certainty.
   */
  earlierJobIds?: string[] | null | undefined;
  /** Documents of the send that were refused and left out. */
  skipped?: SkippedDocument[] | undefined;
  /** Documents that later sends leave out, because earlier sends could not read them. */
  givenUp?: RefusedDocument[] | undefined;
  /** Jobs in the last lists that could be the one of an uncertain start, and the statuses whose jobs were not listed. */
  candidates: Candidates | null;
  /** Run id for which the job of a start was looked for and not found, after a reset. An earlier run may have sent that start. */
  searchedRunId?: string | undefined;
  startedJob: StartOutcome | null;
  /** The task queue whose workers take neither the start nor a look at jobs. Absent until that happens. */
  unserved?: Unserved | null | undefined;
  /** When the next step comes, once it is planned; else null. */
  nextStepAt?: number | null | undefined;
  /** Search attributes, until the wait takes them over. Absent until something is known about them. */
  attributes?: AttributesOnServer | undefined;
}

/** Jobs that may come from an uncertain start. */
export interface Candidates {
  jobs: ListedJob[];
  total: number;
  /** Statuses whose jobs were not listed. */
  unlisted: readonly string[];
  /** Number of entries of the lists that could not be read. Absent if all could be read. */
  unreadableEntries?: number | undefined;
}

/** A workflow with a run in progress. */
export interface BusyWorkflow {
  since: number;
  detail: string | null;
  looks: number;
  lastLookAt: number;
  running: ListedJob[];
  /** Number of entries of the last lists that could not be read. Each may be another running job. Absent if all could be read. */
  unreadableEntries?: number | undefined;
}

export interface StartOutcome extends JobAtStart {
  /** Where the job comes from: the API's answer, the list after an uncertain start, or another caller's run that was taken over. */
  how: 'answered' | 'found' | 'adopted';
}

export function beginStart(token: string | null): StartState {
  return {
    version: 1,
    token,
    sends: 0,
    lastSendAt: null,
    refused: null,
    uncertain: null,
    busy: null,
    candidates: null,
    startedJob: null,
  };
}

/** State of a start that an earlier run sent and whose outcome is unknown. */
export function beginUncertain(
  token: string | null,
  {
    sentAt,
    lostAt = null,
    earlierJobIds = null,
  }: { sentAt: number; lostAt?: number | null; earlierJobIds?: string[] | null },
  now: number,
): StartState {
  const error: CallError = { ...UNKNOWN_OUTCOME, message: 'the run that sent it ended before the answer came' };
  return { ...beginStart(token), earlierJobIds, uncertain: { sentAt, lostAt, error, ...unsearched(now) } };
}

/** Records that the start is sent. */
export function sending(state: StartState, now: number): StartState {
  const { skipped: _ofTheLastSend, ...rest } = state;
  return { ...rest, sends: state.sends + 1, lastSendAt: now };
}

/** Records the API's answer to the last send. */
export function answered(state: StartState, answer: ApiStartAnswer, now: number): StartState {
  const { refusedBefore: _isOver, ...rest } = state;
  const calm = { ...rest, refused: null };
  if (answer.started) {
    const { job, inputFileIds, outputNodeFiles, skipped } = answer;
    return {
      ...calm,
      ...(skipped && { skipped }),
      busy: null,
      startedJob: { how: 'answered', job, inputFileIds, outputNodeFiles },
    };
  }
  const since = state.busy?.since ?? now;
  return { ...calm, busy: { since, detail: answer.detail, looks: 0, lastLookAt: now, running: [] } };
}

/**
 * Records that the start was not sent: the workflow was reset, and an earlier run may have sent it.
 * @param begunAt When the workflow began; nothing was sent before
 */
export function doubted(state: StartState, { resetRunId }: ResetAnswer, begunAt: number, now: number): StartState {
  const error: CallError = {
    ...UNKNOWN_OUTCOME,
    message: 'the workflow was reset, and an earlier run may have sent it',
  };
  const uncertain = { sentAt: begunAt, lostAt: null, error, resetRunId, ...unsearched(now) };
  return { ...state, sends: state.sends - 1, uncertain };
}

/**
 * Records that the last send brought no answer.
 * @param seen What was seen right before the send
 */
export function unanswered(
  state: StartState,
  failed: FailedCall,
  now: number,
  { earlierJobIds, skipped, broken = [] }: SeenBefore = { earlierJobIds: null },
): StartState {
  const verdict = judgeSend(failed);
  const error = callErrorOfSend(failed, verdict);
  const sentAt = state.lastSendAt ?? now;
  if (verdict === 'uncertain')
    return {
      ...state,
      earlierJobIds,
      ...(skipped && { skipped }),
      uncertain: { sentAt, lostAt: now, error, ...unsearched(now) },
    };
  const isOfDocuments = error.api?.incomplete === true || error.api?.notSent === true;
  const { refusedBefore = null, ...rest } = state;
  const final = verdict === 'fail' || (error.api?.wrongSetup === true && isUnanswered(state));
  const how = { sentAt, at: now, final, broken: isOfDocuments ? broken : [] };
  return { ...rest, refused: refusedAgain(state.refused ?? refusedBefore, error, how) };
}

/** Whether the API has not answered any send or look yet. */
function isUnanswered({ busy, refused, refusedBefore, searchedRunId }: StartState): boolean {
  return !busy && searchedRunId === undefined && ((refused ?? refusedBefore)?.limitedSince ?? null) === null;
}

/** Records that the next step is planned for `at`. Once the timer has fired, that is now. */
export function plannedFor(state: StartState, at: number | null): StartState {
  return (state.nextStepAt ?? null) === at ? state : { ...state, nextStepAt: at };
}

/** Records that the run is cancelled. If a start may have been received, its job is still looked for, for a while. */
export function cancelledWhileUncertain(state: StartState, now: number): StartState {
  const { uncertain } = state;
  if (!uncertain || uncertain.cancelledAt !== undefined) return state;
  return { ...state, uncertain: { ...uncertain, cancelledAt: now }, nextStepAt: null };
}
