import type { StorageAnswer } from './storage-error';

/** Which outputs to fetch of each input file: the output of its last node, or the outputs of every node. */
export type OutputSelection = 'final' | 'all';

export const OUTPUT_SELECTIONS = ['final', 'all'] as const satisfies readonly OutputSelection[];

/** Error code of an output that arrived completely but is not JSON. Another attempt is likely to return the same. */
export const OUTPUT_NOT_JSON = 'ERR_OUTPUT_NOT_JSON';

/** Error code of an answer whose `Content-Encoding` is unknown, or whose data does not match it. Another attempt does not change that. */
export const CONTENT_NOT_DECODED = 'ERR_CONTENT_NOT_DECODED';

/** Origin of an output. */
export interface OutputSource {
  /** Id of the job. */
  jobId: string;
  /** Id of the input file, as the API names it. */
  fileId: string;
  /** Id of the node; null for the file's final output, as the API selects it. */
  nodeId: string | null;
}

/** An output that was saved completely. */
export interface SavedOutput extends OutputSource {
  /** Location, as the sink names it: a `file:` URL, an `s3:` URL. */
  location: string;
  /** Size of the saved output, in bytes. */
  bytes: number;
  /** SHA-256 of the saved output, in hex. */
  sha256: string;
  contentType: string;
}

/** An output that could not be fetched or stored completely, with the storage's answer, if any. */
export interface LostOutput extends OutputSource, StorageAnswer {
  /** Failure type of the last attempt. */
  type: string;
  message: string;
}

/** The lost and the saved outputs of a job. */
export interface TransferDetails {
  /** null if the run ended before its job was known. */
  jobId: string | null;
  /**
   * At most 100 entries and 32 KiB. `lostTotal` has the total. Empty if the transfer failed as a whole, so that the lost outputs are
   * unknown.
   */
  lost: LostOutput[];
  lostTotal: number;
  /** Outputs that were saved nevertheless: at most 100 entries and 32 KiB. */
  saved: SavedOutput[];
  savedTotal: number;
}

/** Target and selection of the outputs. */
export interface RunOutputs {
  /** Folder or prefix: a URL of a scheme for which the worker has a sink. */
  to: string;
  /**
   * Template of the outputs' names below `to`, such as `{path}/{stem}.json`. These are its
   * placeholders. An existing file of the same name is replaced.
   * - `{path}`: the document's folder, taken from its `path`
   * - `{stem}`: its file name without the extension
   * - `{ext}`: the extension without the dot
   * - `{fileId}`: the file id of the API
   * - `{node}`: the node's id, or `final` for a final output
   * - `{hash}`: 16 hex digits of job, file and node
   * @default the file id and the hash
   */
  name?: string | undefined;
  /** Each file's final output (`'final'`), or the output of every node (`'all'`). @default 'final' */
  which?: OutputSelection | undefined;
  /**
   * How to handle outputs that cannot be fetched completely after retries: `'fail'` the run at the end, or `'return'` them in the result, with the
   * document as `failed`. With either value, the run fails if the API or the target refuses a key, or if the API takes no calls. It also fails if
   * no output was saved because of the target or an outage.
   * @default 'fail'
   */
  onLost?: 'fail' | 'return' | undefined;
  /** Number of outputs that are fetched at a time. @default 8 */
  parallel?: number | undefined;
}
