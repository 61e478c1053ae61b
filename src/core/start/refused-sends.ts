import { type CallError, type FailedCall, isNotTaken, NO_ANSWER } from '../call-error';
import type { RefusedDocument } from '../refusal';
import { type ApiErrorDetails, isNotNow } from '../errors';
import { isCredentialRefused, type StartVerdict } from './certainty';

/** Sends in a row that were certainly not accepted. */
export interface RefusedStart {
  /** Since when the service says "not now" (429, 409, 425), whatever else went wrong in between; null where it does not. */
  limitedSince: number | null;
  /** Since when no send reaches the service; null where the last one did. */
  outageSince: number | null;
  /** Since when a storage refuses the worker's credential; null where the last send failed by something else. */
  credentialSince?: number | null | undefined;
  /** Documents that could not be read, again and again, where others could: no outage is at fault. */
  broken?: BrokenDocuments | null | undefined;
  count: number;
  at: number;
  error: CallError;
  final: boolean;
}

/** Since when sends were refused before documents were given up: of what the budgets go on by. */
export type RefusedBefore = Pick<RefusedStart, 'limitedSince' | 'outageSince'>;

/** The same documents in every send that documents broke. */
export interface BrokenDocuments {
  documents: RefusedDocument[];
  /** How many sends they broke. */
  sends: number;
  /** When the first and the last of these failed. */
  since: number;
  at: number;
}

/**
 * A "not now" shows that the service is reached again; an outage does not show that its backlog is over, nor that a document can be read.
 * @param broken Documents that could not be read for now, where others could
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

/** Another document that breaks shows that each may: then nobody knows yet which one is at fault. */
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

/** What a send that brought no answer failed with. A storage that refuses a credential failed by itself: no worker is missing. */
export function callErrorOfSend(failed: FailedCall, verdict: StartVerdict): CallError {
  const error = failed.type === 'error' ? failed.error : notAnswered(failed.timeoutType);
  const isNeverTaken = verdict === 'retry' && !error.api && !isCredentialRefused(error);
  return isNeverTaken ? neverSent(error, failed) : error;
}

function notAnswered(timeoutType: string): CallError {
  return { type: NO_ANSWER, message: `Temporal ended the start (${timeoutType})`, api: null, retryable: true };
}

/** A start that no worker sent is reported as a connection error. */
function neverSent({ message }: CallError, failed: FailedCall): CallError {
  const api: ApiErrorDetails = { kind: 'connection', notSent: true };
  const isTaken = failed.type === 'noAnswer' && !isNotTaken(failed);
  const what = isTaken ? 'The worker was lost before it sent the start' : 'No worker took the start';
  return { type: 'UnstructuredConnectionError', message: `${what}: ${message}`, api, retryable: true };
}
