import type { StorageAnswer } from './storage-error';

/** Which outputs to fetch of each input file: its last node's, or every node's. */
export type OutputSelection = 'final' | 'all';

export const OUTPUT_SELECTIONS = ['final', 'all'] as const satisfies readonly OutputSelection[];

/** Error code of an output that came whole and is no JSON: asked for again, it is likely the same. */
export const OUTPUT_NOT_JSON = 'ERR_OUTPUT_NOT_JSON';

/** Error code of an answer whose `Content-Encoding` is not known, or whose data is not of it: that does not change by asking again, either. */
export const CONTENT_NOT_DECODED = 'ERR_CONTENT_NOT_DECODED';

/** Where an output comes from. */
export interface OutputSource {
  /** The job that made it. */
  jobId: string;
  /** The input file that it was made of, as the API names it. */
  fileId: string;
  /** null: the file's final output, as the API picks it. */
  nodeId: string | null;
}

/** An output that was saved whole. */
export interface SavedOutput extends OutputSource {
  /** Where it is now, as the sink names it: a `file:` URL, an `s3:` URL. */
  location: string;
  /** Size of what was saved, in bytes. */
  bytes: number;
  /** SHA-256 of what was saved, in hex. */
  sha256: string;
  contentType: string;
}

/** An output that could not be fetched or stored whole. What the place to store answered stands beside it. */
export interface LostOutput extends OutputSource, StorageAnswer {
  /** Failure type of the last attempt. */
  type: string;
  message: string;
}

/** What was lost and what was saved of a job's outputs. */
export interface TransferDetails {
  /** null where the run ended before its job was known. */
  jobId: string | null;
  /** At most 100 entries and 32 KiB; the total stands beside it. Empty where the transfer ended as a whole: then nobody knows which. */
  lost: LostOutput[];
  lostTotal: number;
  /** What was saved all the same; cut likewise. */
  saved: SavedOutput[];
  savedTotal: number;
}

/** Where the outputs go. */
export interface RunOutputs {
  /** Folder or prefix: a URL of a scheme for which the worker has a sink. */
  to: string;
  /**
   * Template of the outputs' names below `to`, such as `{path}/{stem}.json`. Of a document `{path}` is its folder, by its `path`, `{stem}` its
   * file name without the extension, `{ext}` that without its dot; `{fileId}` is the file as the API names it, `{node}` the node's id, and
   * `final` of a final output; `{hash}` are 16 hex digits of job, file and node. What is in the place of an output is replaced.
   * @default the file id and the hash
   */
  name?: string | undefined;
  /** Each file's final output, or every node's. @default 'final' */
  which?: OutputSelection | undefined;
  /** What becomes of outputs that can't be fetched whole after retries: a typed failure at the end, or an entry `failed`. @default 'fail' */
  onLost?: 'fail' | 'return' | undefined;
  /** How many are fetched at a time. @default 8 */
  parallel?: number | undefined;
}
