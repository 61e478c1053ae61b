import { readField, errorShape } from './error-shape';
import { UnstructuredError } from './errors';
import { shownRef } from './reference';
import { storageAnswer, bracketed, type StorageAnswer } from './storage-error';

/** A document to process, by reference. Its bytes never pass through a workflow. */
export interface DocumentInput {
  /**
   * Location of the document: a `file:` URL, an `https:` URL, or a URL of a scheme for which the worker has a source. The worker's
   * configuration decides which documents may be read. The query string, which may contain a presigned secret, is left out of failures,
   * logs and summaries. An S3 key is used as written: nothing in it is decoded, and `?` and `#` are ordinary characters.
   */
  ref: string;
  /** File name for the upload. @default the last part of the reference's path, or the name that its source gives */
  name?: string | undefined;
  /**
   * Identity of the document, for references that change each time. A repeated run recognises its documents by it.
   * @default the whole reference; of an `https:` one without the parameters that are known to sign a link
   */
  identity?: string | undefined;
  /**
   * Path below the folder that was listed, such as `2026/11/a.pdf`. `outputs.name` makes the names of the outputs from it.
   * @default its name alone
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

/** Why a document was refused. No job was started with it. */
export const REFUSALS = [
  'malformed',
  'schemeNotAllowed',
  'folderNotAllowed',
  'originNotAllowed',
  'addressNotAllowed',
  'notFound',
  'notReadable',
  'credentialRefused',
  'notAFile',
  'empty',
  'tooLarge',
] as const;

export type Refusal = (typeof REFUSALS)[number];

/** Why one document was refused. */
export interface DocumentRefusal extends StorageAnswer {
  /** The reference without user and query string. */
  ref: string;
  reason: Refusal;
}

/** A refused document of a run. */
export interface RefusedDocument extends DocumentRefusal {
  /** Index among the run's documents, from 0. */
  index: number;
  message: string;
}

/** A document that a run left out. */
export type SkippedDocument = Pick<RefusedDocument, 'index' | 'reason' | 'message'>;

/** Whether an entry tells of a document that was refused: at least what a run has to know of it. */
export function isRefusedDocument(entry: unknown): entry is SkippedDocument {
  const [index, reason, message] = ['index', 'reason', 'message'].map((name) => readField(entry, name));
  return Number.isInteger(index) && (REFUSALS as readonly unknown[]).includes(reason) && typeof message === 'string';
}

/** The first refused document, and the list of all. */
export interface DocumentRefusedDetails extends DocumentRefusal {
  /** In input order, at most 100 entries and 32 KiB. `refusedTotal` has the total. */
  refused: RefusedDocument[];
  refusedTotal: number;
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
   * @param options The storage's answer, and the form of the reference that may be `shown`: by default the one that the rules of its scheme
   * give
   */
  constructor(
    ref: string,
    reason: Refusal,
    why: string,
    { shown = shownRef(ref), cause, ...answer }: StorageAnswer & { shown?: string | undefined; cause?: unknown } = {},
  ) {
    super(`Document ${shown} was refused: ${why}${bracketed(answer)}`, {
      type: 'UnstructuredDocumentRefusedError',
      retryable: false,
      details: { ref: shown, reason, ...storageAnswer(answer) },
      cause,
    });
    this.why = why;
  }
}

/** Whether it is one, also of another copy of this package. */
export function isDocumentRefused(error: unknown): error is UnstructuredDocumentRefusedError {
  const details = readField(error, 'details');
  return (
    errorShape(error).name === 'UnstructuredDocumentRefusedError' &&
    (REFUSALS as readonly unknown[]).includes(readField(details, 'reason'))
  );
}
