import type { ApplicationFailure } from '@temporalio/common';
import { isDocumentRefused, UnstructuredDocumentRefusedError } from '../../src/core/document';
import type { RefusedDocument } from '../../src/core/refusal';
import { errorCode, errorMessage } from '../../src/core/error-shape';
import { createUnstructuredError, UnstructuredApiError } from '../../src/core/errors';
import { withoutSecrets } from '../../src/core/secrets';
import { bareMessage, isStorageError, type StorageAnswer, storageAnswer } from '../../src/core/storage-error';
import { isBrokenCoding } from '../../src/storage/error-kinds';
import { documentsRefused } from './failure';

/** Whether an error says that the worker is set up wrong, and not what is the matter with the document. */
export function isWrongSetup(error: unknown): error is UnstructuredApiError {
  return (
    error instanceof UnstructuredApiError && error.details.kind === 'validation' && error.details.status === undefined
  );
}

/** Why a document is refused; undefined where it may be had later. */
export function toRefusedDocument(
  error: unknown,
  ref: string,
  shown: string,
): Omit<RefusedDocument, 'index'> | undefined {
  const clean = (text: string) => withoutSecrets(text, ref, shown);
  if (isDocumentRefused(error)) {
    const { reason } = error.details;
    return { ref: shown, reason, message: clean(errorMessage(error)), ...storageAnswer(error.details) };
  }
  const isLasting = isBrokenCoding(error) || (isStorageError(error) && !error.retryable);
  if (!isLasting && !(isStorageError(error) && error.details.kind === 'credential')) return undefined;
  const reason = isLasting ? 'notReadable' : 'credentialRefused';
  const why = isStorageError(error) ? bareMessage(error) : errorMessage(error);
  const { message, details } = new UnstructuredDocumentRefusedError(ref, reason, clean(why), {
    ...storageAnswer(isStorageError(error) ? error.details : error),
    shown,
  });
  return { ...details, message };
}

/**
 * The error of a start whose document can't be had for now.
 * @param certainty Why no job was started: it had to be read before anything was sent, or while it was
 */
export function notHad(
  error: unknown,
  { ref, shown }: { ref: string; shown: string },
  certainty: 'notSent' | 'incomplete',
): UnstructuredApiError {
  const why = withoutSecrets(errorMessage(error), ref, shown);
  const { status, code, requestId } = answerOf(error);
  const { retryAfterMs } = detailsOf(error) ?? {};
  return createUnstructuredError(
    certainty === 'notSent'
      ? `Document ${shown} could not be opened: ${why}`
      : `Document ${shown} could not be read to its end: ${why}`,
    {
      kind: 'connection',
      ...(status !== undefined && { status }),
      ...(code !== undefined && { code }),
      ...(requestId !== undefined && { requestId }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      [certainty]: true,
    },
  );
}

/**
 * Whether an error may meet whichever document is next, and so says nothing of the one that it met: the worker has too many files open, or the
 * storage asks for fewer requests.
 */
export function isOfAnyDocument(error: unknown): boolean {
  const { status, code = errorCode(error) } = answerOf(error);
  return status === 429 || status === 503 || code === 'EMFILE' || code === 'ENFILE';
}

/** How a document that can't be had for now is refused, should that not pass. */
export function refusedLater(
  error: unknown,
  { index, ref, shown }: { index: number; ref: string; shown: string },
  certainty: 'notSent' | 'incomplete',
): RefusedDocument {
  const why = withoutSecrets(isStorageError(error) ? bareMessage(error) : errorMessage(error), ref, shown);
  const { message, details } = new UnstructuredDocumentRefusedError(
    ref,
    'notReadable',
    certainty === 'notSent' ? `it could not be opened: ${why}` : `it could not be read to its end: ${why}`,
    { ...answerOf(error), shown },
  );
  return { index, ...details, message };
}

function answerOf(error: unknown): StorageAnswer {
  return storageAnswer(detailsOf(error) ?? error);
}

function detailsOf(error: unknown) {
  return isStorageError(error) || error instanceof UnstructuredApiError ? error.details : undefined;
}

/**
 * What a document that breaks off while it is sent means for its start, which began no job: the request was not whole.
 * @param refused Documents of the start that were left out
 * @param noted Told where it is refused, as one that can be left out, too
 * @param broke Told where it may be had later
 */
export function brokenOff(
  error: unknown,
  { index, ...document }: { index: number; ref: string; shown: string },
  {
    refused,
    total,
    noted,
    broke,
  }: {
    refused: readonly RefusedDocument[];
    total: number;
    noted: (one: RefusedDocument) => void;
    broke: (one: RefusedDocument) => void;
  },
): UnstructuredApiError | ApplicationFailure {
  if (isWrongSetup(error)) return error;
  const refusal = toRefusedDocument(error, document.ref, document.shown);
  if (!refusal) {
    if (!isOfAnyDocument(error)) broke(refusedLater(error, { index, ...document }, 'incomplete'));
    return notHad(error, document, 'incomplete');
  }
  const one = { index, ...refusal };
  if (refusal.reason === 'credentialRefused') return documentsRefused([one], total);
  noted(one);
  return documentsRefused(
    [...refused, one].sort((a, b) => a.index - b.index),
    total,
  );
}
