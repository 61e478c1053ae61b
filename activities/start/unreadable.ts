import type { ApplicationFailure } from '@temporalio/common';
import {
  isDocumentRefused,
  isNonRetryable,
  typedError,
  UnstructuredDocumentRefusedError,
} from '../../src/core/document';
import type { Refusal, RefusedDocument } from '../../src/core/refusal';
import { errorCode, errorMessage } from '../../src/core/error-shape';
import { createUnstructuredError, UnstructuredApiError } from '../../src/core/errors';
import { withoutSecrets } from '../../src/core/secrets';
import { bareMessage, isStorageError, type StorageAnswer, storageAnswer } from '../../src/core/storage-error';
import { isBrokenCoding } from '../../src/storage/error-kinds';
import { documentsRefused } from './failure';

/** Whether an error means that the worker is set up wrong, and says nothing about the document. */
export function isWrongSetup(error: unknown): error is UnstructuredApiError {
  return (
    error instanceof UnstructuredApiError && error.details.kind === 'validation' && error.details.status === undefined
  );
}

/** A document of a start. */
interface StartDocument {
  /** Index among the start's documents, from 0. */
  index: number;
  ref: string;
  /** The form of the reference that may be shown. */
  shown: string;
}

/** What failed with a document, by the reason why no job was started: the document could not be opened before the send, or not be read during it. */
const FAILURE_TEXTS = { notSent: 'could not be opened', incomplete: 'could not be read to its end' };

type Certainty = keyof typeof FAILURE_TEXTS;

/** Why a document is refused; undefined if it may be available later. */
export function refusalReason(error: unknown): Refusal | undefined {
  if (isDocumentRefused(error)) return error.details.reason;
  if (isStorageError(error) && error.details.kind === 'credential') return 'credentialRefused';
  const isLasting = isStorageError(error) ? !error.retryable : isBrokenCoding(error) || isNonRetryable(error);
  return isLasting ? 'notReadable' : undefined;
}

/** A document in the form of a refused one: it is refused at once, or because its error has lasted too long. */
export function toRefusedDocument(
  error: unknown,
  { index, ref, shown }: StartDocument,
  certainty: Certainty,
): RefusedDocument {
  const clean = (text: string) => withoutSecrets(text, ref, shown);
  if (isDocumentRefused(error)) {
    const { reason } = error.details;
    return { index, ref: shown, reason, message: clean(errorMessage(error)), ...storageAnswer(error.details) };
  }
  const reason = refusalReason(error);
  const said = clean(isStorageError(error) ? bareMessage(error) : errorMessage(error));
  const why = reason ? said : `it ${FAILURE_TEXTS[certainty]}: ${said}`;
  const { message, details } = new UnstructuredDocumentRefusedError(ref, reason ?? 'notReadable', why, {
    ...answerOf(error),
    shown,
  });
  return { index, ...details, message };
}

/** The error of a start with a document that is unavailable for now. */
export function unavailableDocument(
  error: unknown,
  { ref, shown }: StartDocument,
  certainty: Certainty,
): UnstructuredApiError {
  const why = withoutSecrets(errorMessage(error), ref, shown);
  const { status, code, requestId } = answerOf(error);
  const { retryAfterMs } = detailsOf(error) ?? {};
  return createUnstructuredError(`Document ${shown} ${FAILURE_TEXTS[certainty]}: ${why}`, {
    kind: 'connection',
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    [certainty]: true,
  });
}

/**
 * Whether an error may occur with any document, and so says nothing about this one: the worker has too many files open, or the storage asks for fewer
 * requests.
 */
export function isOfAnyDocument(error: unknown): boolean {
  const { status, code } = answerOf(error);
  return status === 429 || status === 503 || code === 'EMFILE' || code === 'ENFILE';
}

/** Whether the host of a document is unknown. Then its name is wrong, unless this worker reaches no host at all. A failed look-up may pass. */
export function isOfUnknownHost(error: unknown): boolean {
  return answerOf(error).code === 'ENOTFOUND';
}

function answerOf(error: unknown): StorageAnswer {
  return { code: errorCode(error), ...storageAnswer(detailsOf(error) ?? error) };
}

function detailsOf(error: unknown) {
  return isStorageError(error) || error instanceof UnstructuredApiError ? error.details : undefined;
}

/** What a start knows about its documents when one of them breaks off. */
interface Sent {
  /** Documents that are left out. */
  refused: readonly RefusedDocument[];
  total: number;
  /** Called if the document is refused, even if it can be left out. */
  noteRefused: (document: RefusedDocument) => void;
  /** Called if the document may be available later. */
  noteBrokenOff: (document: RefusedDocument) => void;
}

/** The error of a start whose document breaks off while it is sent. The request was incomplete, so no job was started. */
export function errorOfBrokenOff(
  thrown: unknown,
  document: StartDocument,
  { refused, total, noteRefused, noteBrokenOff }: Sent,
): UnstructuredApiError | ApplicationFailure {
  if (isWrongSetup(thrown)) return thrown;
  const error = typedError(thrown);
  const one = toRefusedDocument(error, document, 'incomplete');
  const reason = refusalReason(error);
  if (!reason) {
    if (!isOfAnyDocument(error)) noteBrokenOff(one);
    return unavailableDocument(error, document, 'incomplete');
  }
  if (reason === 'credentialRefused') return documentsRefused([one], total);
  noteRefused(one);
  const all = [...refused, one].sort((a, b) => a.index - b.index);
  return documentsRefused(all, total);
}
