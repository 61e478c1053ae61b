import type { ListedPage } from '../core/listing';
import type { DocumentDescription } from '../core/reference';

/** Reads documents. One source serves one scheme of references, such as `s3:`. */
export interface DocumentSource {
  /**
   * Describes a reference without reading the document: its name, its identity, and the form that may be shown.
   * @default the whole reference is the identity, nothing in it is decoded, and user, query string and fragment are not shown
   */
  describe?: ((ref: string) => DocumentDescription) | undefined;
  /**
   * Finds a document and returns its properties and its content. If a document can be read only once, open it here: it is not opened again.
   * @throws UnstructuredDocumentRefusedError, or UnstructuredStorageError of the kind `lasting`, if the document may not or cannot be read; nothing
   * is sent then. The kind `credential` is retried for the time that the option `credentialBudget` sets. Any other error is retried for
   * `startOutageBudget`, or for 10 minutes if other documents of the start can be read
   */
  open(ref: string, options: { signal: AbortSignal }): Promise<OpenDocument>;
  /**
   * Lists a folder or prefix, page by page, always in the same order. Entries that are not documents are listed as well, with the reason.
   * @default documents cannot be listed and must be named one by one
   * @throws UnstructuredStorageError of the kind `lasting` if the folder or prefix may not or cannot be listed
   */
  list?: ((from: string, options: ListingOptions) => AsyncIterable<ListedPage>) | undefined;
}

export interface ListingOptions {
  /** The `path` of an entry. Only entries after it are listed, even if that entry no longer exists. undefined lists all */
  after: string | undefined;
  signal: AbortSignal;
}

/** A document that was found and can be read. */
export interface OpenDocument {
  /** Size in bytes; undefined if it is not known before the end. */
  bytes: number | undefined;
  /** Media type; undefined if the source does not know it. */
  contentType?: string | undefined;
  /**
   * Content of the document, read on demand. Called at most once. The first chunk is read before anything is sent, the rest during the
   * upload. An error before the first chunk counts as an error of `open`. The stream fails if the document ends early or has grown.
   */
  stream(): AsyncIterable<Uint8Array>;
  /** Releases the document, read or not. */
  close?: (() => Promise<void>) | undefined;
}
