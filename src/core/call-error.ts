import type { DocumentRefusedDetails } from './refusal';
import { type ApiErrorDetails, type ApiErrorType, isDenied, isKeyRefused, isNotNow } from './errors';
import { isoTime } from './instant';

/** Error of an activity that asks the API. Plain data. */
export type CallError = { message: string; retryable: boolean } &
  /** The API answered with an error or could not be asked. */
  (
    | { type: ApiErrorType; api: ApiErrorDetails; refusal?: undefined; details?: undefined }
    /** A start whose documents were refused. */
    | { type: 'UnstructuredDocumentRefusedError'; api: null; refusal: DocumentRefusedDetails; details?: undefined }
    /** Any other failure of this package. Its details are kept as they came: the workflow fails with them, and no decision depends on them. */
    | { type: `Unstructured${string}Error`; api: null; refusal?: undefined; details: object }
    /** A failure that is not from this package: its type, or the name of the error. */
    | { type: string; api: null; refusal?: undefined; details?: undefined }
  );

/** An activity call that failed, or that Temporal gave up on. */
export type FailedCall =
  | { type: 'error'; error: CallError }
  /** `notSent`: set on a start whose activity never announced its first byte to Temporal. */
  | { type: 'noAnswer'; timeoutType: string; notSent?: boolean | undefined };

/** Whether no worker took the call. */
export function isNotTaken(failed: FailedCall): boolean {
  return failed.type === 'noAnswer' && failed.timeoutType === 'SCHEDULE_TO_START';
}

/** Whether a call certainly had no effect: nothing was sent, or it was refused. */
export function hadNoEffect(failed: FailedCall): boolean {
  if (failed.type === 'noAnswer') return !!failed.notSent || isNotTaken(failed);
  const { api, refusal } = failed.error;
  if (!api) return !!refusal || isUnknownActivity(failed.error);
  return !!api.notSent || !!api.incomplete || isNotNow(api) || isDenied(api);
}

/** A failed check, and when it ended, in milliseconds since the epoch. */
export type SeenError = CallError & { at: number };

/**
 * Whether the worker's access to the account is at fault: the API refuses the key, or the worker does not know the account and refuses the check
 * before sending it. Both happen to healthy waits when a roll-out goes wrong.
 */
export function isCredentialError({ api }: Pick<CallError, 'api'>): boolean {
  if (api === null) return false;
  return isKeyRefused(api) || (api.kind === 'validation' && api.status === undefined);
}

/** Whether the API refused the call with a 4xx that blames neither the key nor the job, and that is not likely to pass. */
export function isRequestError({ api, retryable }: CallError): boolean {
  return !retryable && (api?.kind === 'request' || (api?.kind === 'validation' && api.status !== undefined));
}

/** Type under which calls without an answer are counted. */
export const NO_ANSWER = 'TimeoutFailure';

/** A call without an answer as an error that people can read. It is not an API error, so it uses up no budget. */
export function noAnswerError(timeoutType: string): CallError {
  const message = `Temporal ended the call (${timeoutType}): perhaps no worker serves the activities' task queue`;
  return { type: NO_ANSWER, message, api: null, retryable: true };
}

/** The error of a failed call, whether or not an answer came. */
export function callErrorOf(failed: FailedCall): CallError {
  return failed.type === 'error' ? failed.error : noAnswerError(failed.timeoutType);
}

/** Type of the failure with which the SDK refuses an activity that the worker does not have, before anything runs. */
export const UNKNOWN_ACTIVITY = 'NotFoundError';

export function isUnknownActivity({ type }: CallError): boolean {
  return type === UNKNOWN_ACTIVITY;
}

/** Whether the API itself reports that the job does not exist. A 404 can also come from a gateway or a wrong URL. */
export function isJobNotFound(error: CallError): boolean {
  return error.api?.kind === 'notFound' && error.api.detail === 'Job not found';
}

/** A failed check: the failure type and message, the API's answer, and the time. */
export interface CallErrorSummary {
  type: string;
  message: string;
  at: string;
  api: ApiErrorDetails | null;
}

export function summarizeError({ type, message, at, api }: SeenError): CallErrorSummary {
  return { type, message, at: isoTime(at), api };
}
