import { readField, errorShape } from './error-shape';
import { UnstructuredError } from './errors';
import { shownRef } from './reference';
import { storageAnswer, bracketed, type StorageAnswer } from './storage-error';

/** A document to process, by reference: its bytes never pass through a workflow. */
export interface DocumentInput {
  /**
   * Where the document is: a `file:` URL, an `https:` URL, or one of a scheme for which the worker has a source. The worker's configuration
   * decides what may be read. A query string, which may hold a presigned secret, reaches no failure, log or summary. A key of S3 is taken as it
   * is: nothing in it is decoded, and `?` and `#` are letters like others.
   */
  ref: string;
  /** Name under which it is uploaded. @default the last part of the reference's path, or what its source calls it */
  name?: string | undefined;
  /**
   * What tells the document from every other, where its reference is another each time: by it a repeated run knows its documents.
   * @default the whole reference; of an `https:` one without the parameters that are known to sign a link
   */
  identity?: string | undefined;
  /**
   * Where it is below the folder that was listed, such as `2026/11/a.pdf`: what `outputs.name` calls its outputs by. @default its name alone
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
  /** What of the reference may be shown: no user, and no query string. */
  ref: string;
  reason: Refusal;
}

/** One of a run's documents that was refused. */
export interface RefusedDocument extends DocumentRefusal {
  /** Its place among the run's documents, from 0. */
  index: number;
  message: string;
}

/** What a run has to know of a document that it left out. */
export type SkippedDocument = Pick<RefusedDocument, 'index' | 'reason' | 'message'>;

/** Whether an entry tells of a document that was refused: at least what a run has to know of it. */
export function isRefusedDocument(entry: unknown): entry is SkippedDocument {
  const [index, reason, message] = ['index', 'reason', 'message'].map((name) => readField(entry, name));
  return Number.isInteger(index) && (REFUSALS as readonly unknown[]).includes(reason) && typeof message === 'string';
}

/** The first document that was refused, and all of them. */
export interface DocumentRefusedDetails extends DocumentRefusal {
  /** In input order, at most 100 entries and 32 KiB; the total stands beside it. */
  refused: RefusedDocument[];
  refusedTotal: number;
}

/** A document reference that the worker's configuration does not allow, or that is no readable file. No job was started with it. */
export class UnstructuredDocumentRefusedError extends UnstructuredError<
  'UnstructuredDocumentRefusedError',
  DocumentRefusal
> {
  /** The reason as a sentence without its subject. */
  readonly why: string;

  /**
   * `why` completes "Document file:///inbox/a.pdf was refused: …". It holds no secret of the reference.
   * @param options What the storage answered, and what of the reference may be `shown`: by default what its scheme's rules say
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
