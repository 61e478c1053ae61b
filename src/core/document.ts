import { readField, errorShape } from './error-shape';
import { UnstructuredError } from './errors';
import { shownRef } from './reference';
import { type DocumentRefusal, isRefusal, type Refusal } from './refusal';
import { storageAnswer, bracketed, isStorageError, type StorageAnswer } from './storage-error';
import { oneLine } from './values';

/** A document to process, by reference. Its bytes never pass through a workflow. */
export interface DocumentInput {
  /**
   * Location of the document: a `file:` URL, an `https:` URL, or a URL of a scheme for which the worker has a source. The worker's
   * configuration decides which documents may be read. The query string, which may contain a presigned secret, is left out of failures,
   * logs and summaries. An S3 key is used as written: nothing in it is decoded, and `?` and `#` are ordinary characters.
   */
  ref: string;
  /**
   * File name for the upload. A workflow has no access to the source. Without a start token, a run can therefore recognise a document only by this
   * name or by the last part of the reference's path.
   * @default the name that the worker's source gives, else the last part of the reference's path; with `startToken: false` always the latter
   */
  name?: string | undefined;
  /**
   * Identity of the document, for references that change each time. A repeated run recognises its documents by it.
   * @default the whole reference; for an `https:` reference, without the parameters that are known to sign a link
   */
  identity?: string | undefined;
  /**
   * Path below the folder that was listed, such as `2026/11/a.pdf`. `outputs.name` makes the names of the outputs from it.
   * @default the document's name alone
   */
  path?: string | undefined;
  /** Media type. @default by the name's extension, else `application/octet-stream` */
  contentType?: string | undefined;
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}([ \\t]*;[ \\t]*${TOKEN}=(${TOKEN}|"[ !#-\\[\\]-~]*"))*$`);

/** Whether `value` may be sent as a media type: it becomes part of a header. */
export function isMediaType(value: unknown): value is string {
  return typeof value === 'string' && MEDIA_TYPE.test(value);
}

/** A document reference that the worker's configuration does not allow, or that is not a readable file. No job was started with it. */
export class UnstructuredDocumentRefusedError extends UnstructuredError<
  'UnstructuredDocumentRefusedError',
  DocumentRefusal
> {
  /** The reason as a sentence without its subject. */
  readonly why: string;

  /**
   * `why` completes the sentence "Document file:///inbox/a.pdf was refused: …". It must not contain a secret of the reference.
   * @param options The storage's answer, and `shown`: the form of the reference that may be shown. By default, the rules of its scheme decide
   */
  constructor(
    ref: string,
    reason: Refusal,
    why: string,
    { shown = shownRef(ref), cause, ...answer }: StorageAnswer & { shown?: string | undefined; cause?: unknown } = {},
  ) {
    super(`Document ${shown} was refused: ${oneLine(why)}${bracketed(answer)}`, {
      type: 'UnstructuredDocumentRefusedError',
      retryable: false,
      details: { ref: shown, reason, ...storageAnswer(answer) },
      cause,
    });
    this.why = why;
  }
}

/** Whether an error is an `UnstructuredDocumentRefusedError`, including one from another copy of this package. */
export function isDocumentRefused(error: unknown): error is UnstructuredDocumentRefusedError {
  const details = readField(error, 'details');
  return errorShape(error).name === 'UnstructuredDocumentRefusedError' && isRefusal(readField(details, 'reason'));
}

/** Maximum number of errors that are read behind one. */
const MOST_ERRORS = 1_000;

/**
 * The error of a source or sink that says whether a retry can succeed: the error itself, or the one that it wraps. An aggregate counts if each of
 * its errors says so; then one that may pass comes first. Otherwise its cause counts. Any other error is returned unchanged.
 */
export function typedError(error: unknown): unknown {
  return typedIn(error, new Map()) ?? error;
}

/** @param known What was found in each error. An error that leads back to itself says nothing */
function typedIn(error: unknown, known: Map<unknown, unknown>): unknown {
  if (isStorageError(error) || isDocumentRefused(error) || isNonRetryable(error)) return error;
  if (known.has(error) || known.size === MOST_ERRORS) return known.get(error);
  known.set(error, undefined);
  const gathered = readField(error, 'errors');
  const typed = Array.isArray(gathered) ? gathered.map((one) => typedIn(one, known)) : [];
  const first = typed.find((one) => readField(one, 'retryable') === true) ?? typed[0];
  const found = typed.includes(undefined) ? undefined : first;
  known.set(error, found ?? typedIn(readField(error, 'cause'), known));
  return known.get(error);
}

/** Whether it is a non-retryable ApplicationFailure, also of another copy of the SDK. */
export function isNonRetryable(error: unknown): boolean {
  return errorShape(error).name === 'ApplicationFailure' && readField(error, 'nonRetryable') === true;
}
