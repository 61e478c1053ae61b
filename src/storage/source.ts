/** Where documents come from. One source serves one scheme of references, such as `s3:`. */
export interface DocumentSource {
  /**
   * Finds a document and tells what it is, without reading its bytes.
   * @throws UnstructuredDocumentRefusedError where it may not or cannot be read: nothing is sent then; any other error is retried
   */
  open(ref: string, options: { signal: AbortSignal }): Promise<OpenDocument>;
}

/** A document that was found. */
export interface OpenDocument {
  /** Size in bytes; undefined where the source cannot tell before the end. */
  bytes: number | undefined;
  /** undefined where the source does not know it. */
  contentType?: string | undefined;
  /** Its bytes, read as they are asked for. Called at most once. Fails where the document ends early or grew. */
  stream(): AsyncIterable<Uint8Array>;
  /** Lets go of it, read or not. */
  close?: (() => Promise<void>) | undefined;
}
