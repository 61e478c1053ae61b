import type { ListedPage } from '../core/listing';
import type { DocumentDescription } from '../core/reference';

/** Where documents come from. One source serves one scheme of references, such as `s3:`. */
export interface DocumentSource {
  /**
   * What a reference says, without looking at the document: what it is called, what tells it from another, what may be shown.
   * @default the whole reference is the identity, nothing in it is decoded, and what could be a secret is not shown: user, query string, fragment
   */
  describe?: ((ref: string) => DocumentDescription) | undefined;
  /**
   * Finds a document and tells what it is. Where the document may be had but once, what is opened here is what is read.
   * @throws UnstructuredDocumentRefusedError, or UnstructuredStorageError of the kind `lasting`, where it may not or cannot be read: nothing
   * is sent then. One of the kind `credential` is tried again for the option `credentialBudget`, whatever else for `startOutageBudget`
   */
  open(ref: string, options: { signal: AbortSignal }): Promise<OpenDocument>;
  /**
   * Lists what is below a folder or prefix, page by page, always in the same order. What is no document is listed, too, with the reason why.
   * @default its documents have to be named one by one: they can't be found by a folder or prefix
   * @throws UnstructuredStorageError of the kind `lasting` where the folder or prefix may not or can't be listed
   */
  list?: ((from: string, options: ListingOptions) => AsyncIterable<ListedPage>) | undefined;
}

export interface ListingOptions {
  /** The `path` of an entry: only what comes behind it is listed, whether it is still there or not. undefined: all */
  after: string | undefined;
  signal: AbortSignal;
}

/** A document that was found. */
export interface OpenDocument {
  /** Size in bytes; undefined where the source cannot tell before the end. */
  bytes: number | undefined;
  /** undefined where the source does not know it. */
  contentType?: string | undefined;
  /**
   * Its bytes, read as they are asked for. Called at most once. The first piece is asked for before anything is sent, and the rest when its
   * turn comes: what fails until the first piece is there counts as in `open`. Fails where the document ends early or grew.
   */
  stream(): AsyncIterable<Uint8Array>;
  /** Lets go of it, read or not. */
  close?: (() => Promise<void>) | undefined;
}
