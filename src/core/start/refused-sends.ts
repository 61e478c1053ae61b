import { type CallError, type FailedCall, isNotTaken, NO_ANSWER } from '../call-error';
import type { RefusedDocument } from '../refusal';
import { type ApiErrorDetails, isNotNow } from '../errors';
import { isCredentialRefused, type StartVerdict } from './certainty';

/** Sends in a row that were certainly not accepted. */
export interface RefusedStart {
  /** Since when the service says "not now" (429, 409, 425), whatever else failed in between; null if it has not said so. */
  limitedSince: number | null;
  /** Since when no send reaches the service; null if the last send did. */
  outageSince: number | null;
  /** Since when a storage refuses the worker's credential; null if the last send failed for another reason. */
  credentialSince?: number | null | undefined;
  /** Documents that repeatedly could not be read while others could. No outage is the cause. */
  broken?: BrokenDocuments | null | undefined;
  count: number;
  at: number;
  error: CallError;
  final: boolean;
}

/** Start times of the budgets that continue after documents were given up. */
export type RefusedBefore = Pick<RefusedStart, 'limitedSince' | 'outageSince'>;

/** The documents that broke every one of a series of sends. */
export interface BrokenDocuments {
  documents: RefusedDocument[];
  /** Number of sends that they broke. */
  sends: number;
  /** Times of the first and the last of these failures. */
  since: number;
  at: number;
}

/**
 * A "not now" shows that the service is reached again. An outage shows neither that the service takes starts again, nor that a document can be read.
 * @param broken Documents that could not be read for now, while others could
 */
export function refusedAgain(
  before: (RefusedBefore & Partial<RefusedStart>) | null,
  error: CallError,
  { sentAt, at, final, broken }: { sentAt: number; at: number; final: boolean; broken: RefusedDocument[] },
): RefusedStart {
  const isLimited = error.api !== null && isNotNow(error.api);
  const limitedSince = before?.limitedSince ?? (isLimited ? sentAt : null);
  const outageSince = isLimited ? null : (before?.outageSince ?? sentAt);
  const credentialSince = isCredentialRefused(error) ? (before?.credentialSince ?? sentAt) : null;
  const count = (before?.count ?? 0) + 1;
  const stillBroken = broken.length > 0 ? brokenAgain(before?.broken, broken, at) : before?.broken;
  return {
    limitedSince,
    outageSince,
    credentialSince,
    ...(stillBroken && { broken: stillBroken }),
    count,
    at,
    error,
    final,
  };
}

/** If other documents break a send, each may do so by chance, and the one at fault is not known yet. The series then begins again. */
function brokenAgain(
  before: BrokenDocuments | null | undefined,
  documents: RefusedDocument[],
  at: number,
): BrokenDocuments {
  const same = documents.filter(({ index }) => before?.documents.some((one) => one.index === index));
  return before && same.length > 0
    ? { documents: same, sends: before.sends + 1, since: before.since, at }
    : { documents, sends: 1, since: at, at };
}

/** Error of a send without an answer. If a storage refuses a credential, that is the error: no worker is missing. */
export function callErrorOfSend(failed: FailedCall, verdict: StartVerdict): CallError {
  const error = failed.type === 'error' ? failed.error : notAnswered(failed.timeoutType);
  const isNeverTaken = verdict === 'retry' && !error.api && !isCredentialRefused(error);
  return isNeverTaken ? neverSent(error, failed) : error;
}

function notAnswered(timeoutType: string): CallError {
  return { type: NO_ANSWER, message: `Temporal ended the start (${timeoutType})`, api: null, retryable: true };
}

/** Reports a start that no worker sent as a connection error. */
function neverSent({ message }: CallError, failed: FailedCall): CallError {
  const api: ApiErrorDetails = { kind: 'connection', notSent: true };
  const isTaken = failed.type === 'noAnswer' && !isNotTaken(failed);
  const what = isTaken ? 'The worker was lost before it sent the start' : 'No worker took the start';
  return { type: 'UnstructuredConnectionError', message: `${what}: ${message}`, api, retryable: true };
}
