import { isNonRetryable } from '../../src/core/document';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { type ErrorKind, isKeyRefused, isPassing, UnstructuredApiError } from '../../src/core/errors';
import { CONTENT_NOT_DECODED, type LostOutput, OUTPUT_NOT_JSON } from '../../src/core/output';
import { retryDelayMs } from '../../src/core/retry-timing';
import type { CollectItem } from '../../src/core/run/collect';
import { storageAnswer, isStorageError } from '../../src/core/storage-error';
import { oneLine } from '../../src/core/values';

/**
 * A 404 may pass too: outputs were seen to appear a moment after COMPLETED. So may any other 4xx, because the job exists and its output was promised.
 */
const MAY_PASS: readonly ErrorKind[] = ['notFound', 'request', 'validation'];

/**
 * Whether the API answered with data that can never be read, or with "not now". Such an error concerns only this output, however many outputs have
 * one.
 */
export function isBadOutput(error: unknown): boolean {
  if (!(error instanceof UnstructuredApiError)) return false;
  const { code } = error.details;
  return code === OUTPUT_NOT_JSON || code === CONTENT_NOT_DECODED || isPassing(error.details);
}

/** Whether an error cannot concern a single output. */
export function concernsAll(error: unknown): boolean {
  const kind = errorKind(error);
  const isNotSent = error instanceof UnstructuredApiError && error.details.notSent === true;
  const isOneOutputs = kind === 'permission' || kind === 'paymentRequired'; // as far as a single answer shows
  return (isCredential(error) && !isOneOutputs) || kind === 'rateLimit' || isNotSent;
}

/** Whether the API refuses the key, or the storage refuses the credential. Either may be renewed. */
export function isCredential(error: unknown): boolean {
  if (isStorageError(error)) return error.details.kind === 'credential';
  return error instanceof UnstructuredApiError && isKeyRefused(error.details);
}

/** Whether the API or the storage gave no definite answer. */
export function isUnanswered(error: unknown): boolean {
  if (isStorageError(error)) return error.retryable;
  if (isNonRetryable(error)) return false;
  return !(error instanceof UnstructuredApiError) || error.retryable;
}

/** Whether the API refused this output, and may answer otherwise in a moment. */
export function mayPassByItself(error: unknown): boolean {
  const kind = errorKind(error);
  return kind !== undefined && MAY_PASS.includes(kind);
}

function errorKind(error: unknown): ErrorKind | undefined {
  return error instanceof UnstructuredApiError ? error.details.kind : undefined;
}

/**
 * Whether a later run may fetch the lost output. If not, it is lost for good.
 * @param isNothingSaved Whether every output failed. An error of one of them that concerns the target or the service then concerns all
 */
export function isForLater(error: unknown, isNothingSaved: boolean): boolean {
  return concernsAll(error) || isCredential(error) || (isNothingSaved && isOfNoOutput(error));
}

/** Whether an error concerns the target or the service, and says nothing about the output at the API. */
function isOfNoOutput(error: unknown): boolean {
  const isNotOfApi = !(error instanceof UnstructuredApiError); // including errors that a user's own sink throws
  return isNotOfApi || (isUnanswered(error) && !isBadOutput(error));
}

export function pauseMs(tries: number, error: unknown): number {
  const says = error instanceof UnstructuredApiError || isStorageError(error) ? error.details : undefined;
  const hint = says?.retryAfterMs;
  return retryDelayMs(tries, hint, Math.random());
}

export function lostOutput(jobId: string, { fileId, nodeId }: CollectItem, error: unknown): LostOutput {
  const answer = isStorageError(error) ? storageAnswer(error.details) : {};
  return { jobId, fileId, nodeId, ...describeError(error), ...answer };
}

/** An error in a form for people. */
export function describeError(error: unknown): { type: string; message: string } {
  return { type: errorShape(error).name, message: oneLine(errorMessage(error)).slice(0, 300) };
}
