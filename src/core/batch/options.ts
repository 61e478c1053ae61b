import type { DocumentInput } from '../document';

/** A folder or prefix whose documents the worker lists. */
export interface DocumentFolder {
  /** Folder or prefix: a URL of a scheme whose source lists, such as `file:` and `s3:`. */
  from: string;
  /** Globs for the path of a document below `from`. A path must match one of them, and none that begins with `!`. @default all */
  match?: string | string[] | undefined;
}

/** Documents listed in a file of JSON Lines. Each line is a reference as a string, or an entry as in a list of documents. */
export interface DocumentList {
  /** Location of the file: a URL of a scheme for which the worker has a source. */
  list: string;
}

/** The documents of a batch. */
export type BatchDocuments = DocumentInput[] | DocumentFolder | DocumentList;

/** How a batch runs its jobs. The plan reports these options back, so that a history contains the options that the batch used. */
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
