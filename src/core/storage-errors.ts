import { shownRef, type DocumentRefusedDetails, type Refusal } from './document';

/** A document reference that the worker's configuration does not allow, or that is no readable file. Nothing was sent. */
export class UnstructuredDocumentRefusedError extends Error {
  override readonly name = 'UnstructuredDocumentRefusedError';
  readonly type = 'UnstructuredDocumentRefusedError';
  readonly retryable = false;
  readonly details: DocumentRefusedDetails;

  /** `why` completes "Document file:///inbox/a.pdf was refused: …". It holds no query string of the reference. */
  constructor(ref: string, reason: Refusal, why: string) {
    const shown = shownRef(ref);
    super(`Document ${shown} was refused: ${why}`);
    this.details = { ref: shown, reason };
  }
}

/** An output that could not be stored: the sink refuses the place for good, or writing failed. */
export class UnstructuredStorageError extends Error {
  override readonly name = 'UnstructuredStorageError';
  readonly retryable: boolean;

  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}
