import type { DocumentInput } from '../document';

/** Documents that a worker lists. */
export interface DocumentFolder {
  /** Folder or prefix: a URL of a scheme whose source lists, such as `file:` and `s3:`. */
  from: string;
  /** Globs of which a document's path below `from` matches one; one that begins with `!` leaves out. @default all */
  match?: string | string[] | undefined;
}

/** Documents that stand in a file of JSON Lines: each a reference as a string, or an entry as in a list of documents. */
export interface DocumentList {
  /** Where the file is: a URL of a scheme for which the worker has a source. */
  list: string;
}

/** Which documents a batch is about. */
export type BatchDocuments = DocumentInput[] | DocumentFolder | DocumentList;

/** How a batch goes about its jobs: brought back by the plan, so that a history holds what it went by. */
export interface BatchOptions {
  version: 1;
  parallel: number;
  tolerated: number;
  /** Shortest time between the starts of two jobs, in milliseconds. */
  startSpacing: number;
  continueAsNewAfterEvents: number;
}

/** How documents are split into jobs. */
export interface JobBounds {
  perJob: number;
  maxJobBytes: number;
}
