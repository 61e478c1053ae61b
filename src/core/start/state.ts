import type { AttributesOnServer } from '../attributes';
import type { CallError, FailedCall } from '../call-error';
import type { RefusedDocument, SkippedDocument } from '../refusal';
import { judgeSend } from './certainty';
import type { Unserved } from '../unserved';
import type { ListedJob } from './job-list';
import { refusedAgain, type RefusedBefore, type RefusedStart, callErrorOfSend } from './refused-sends';
import type { ApiStartAnswer, JobAtStart, ResetAnswer, SeenBefore } from './request';
import { type UncertainSend, UNKNOWN_OUTCOME, unsearched } from './uncertain-send';

/** All that a start knows. Plain data, so that continue-as-new carries it whole. Times are milliseconds since the epoch, workflow time. */
export interface StartState {
  version: 1;
  /** What uploaded names begin with, to recognize the job by; null without the option `startToken`. */
  token: string | null;
  /** How often the start was sent. */
  sends: number;
  lastSendAt: number | null;
  /** Sends in a row that were certainly not accepted, and how the last one failed. */
  refused: RefusedStart | null;
  /** What the next send that is refused goes on by, where documents were given up after the last one. */
  refusedBefore?: RefusedBefore | undefined;
  /** A send that may have been accepted. Nothing is sent after it. */
  uncertain: UncertainSend | null;
  /** "A run is in progress, no new job." */
  busy: BusyWorkflow | null;
  /**
   * Jobs of the workflow that were there right before the send that is uncertain: never ours. At most 100 ids; null where they could not be
   * had, so that no run can be recognized for certain.
   */
  earlierJobIds?: string[] | null | undefined;
  /** Documents of the send that were refused and left out. */
  skipped?: SkippedDocument[] | undefined;
  /** Documents that the sends to come leave out, since those before could not read them. */
  givenUp?: RefusedDocument[] | undefined;
  /** Jobs in the last lists that could be the one of an uncertain start, and the statuses whose jobs were not listed. */
  candidates: Candidates | null;
  /** The run, by its id, for which the job of a start that a run before its reset may have sent was looked for in vain. */
  searchedRunId?: string | undefined;
  startedJob: StartOutcome | null;
  /** The task queue whose workers take neither the start nor a look at jobs. Absent before that happened. */
  unserved?: Unserved | null | undefined;
  /** When the next step comes, once that is planned; null where it is not. */
  nextStepAt?: number | null | undefined;
  /** Search attributes, until the wait has them. Absent until something is known of them. */
  attributes?: AttributesOnServer | undefined;
}

/** Jobs that could be that of an uncertain start. */
export interface Candidates {
  jobs: ListedJob[];
  total: number;
  /** Statuses whose jobs were not listed. */
  unlisted: readonly string[];
  /** Entries of the lists that could not be read. Absent where all could. */
  unreadableEntries?: number | undefined;
}

/** A workflow of which a run is in progress. */
export interface BusyWorkflow {
  since: number;
  detail: string | null;
  looks: number;
  lastLookAt: number;
  running: ListedJob[];
  /** Entries of the last lists that could not be read: each may be one more. Absent where all could. */
  unreadableEntries?: number | undefined;
}

export interface StartOutcome extends JobAtStart {
  /** How it came to be ours: the API's answer, found in the list after an uncertain start, or somebody else's run that was taken over. */
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

/** A start that an earlier run sent and whose outcome is unknown. */
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

/** A start goes out. */
export function sending(state: StartState, now: number): StartState {
  const { skipped: _ofTheLastSend, ...rest } = state;
  return { ...rest, sends: state.sends + 1, lastSendAt: now };
}

/** The API answered the start that went out last. */
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
 * The start did not go out: the workflow was reset, and an earlier run may have sent it.
 * @param begunAt When the workflow began: nothing was sent before
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
 * The start that went out last brought no answer.
 * @param seen What was seen right before it was sent
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

/** Whether the API has answered nothing yet: neither a send nor a look. */
function isUnanswered({ busy, refused, refusedBefore, searchedRunId }: StartState): boolean {
  return !busy && searchedRunId === undefined && ((refused ?? refusedBefore)?.limitedSince ?? null) === null;
}

/** The next step is planned for `at`; once the timer fired, for now. */
export function plannedFor(state: StartState, at: number | null): StartState {
  return (state.nextStepAt ?? null) === at ? state : { ...state, nextStepAt: at };
}

/** The run is cancelled; a start that may have been received is looked for all the same, for a while. */
export function cancelledWhileUncertain(state: StartState, now: number): StartState {
  const { uncertain } = state;
  if (!uncertain || uncertain.cancelledAt !== undefined) return state;
  return { ...state, uncertain: { ...uncertain, cancelledAt: now }, nextStepAt: null };
}
