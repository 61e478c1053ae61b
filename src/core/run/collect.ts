import type { LostOutput, OutputSelection, SavedOutput } from '../output';

/** Input of the activity that fetches a job's outputs. */
export interface CollectRequest {
  account?: string;
  jobId: string;
  files: CollectFile[];
  which: OutputSelection;
  /** Folder or prefix to save under: a URL of a scheme for which the worker has a sink. */
  to: string;
  /** How many outputs are fetched at a time. @default 8 */
  parallel?: number;
  /**
   * What becomes of outputs that can't be fetched whole after retries: listed in the answer, or UnstructuredTransferError once all
   * others are saved. @default 'fail'
   */
  onLost?: 'return' | 'fail';
  /** Whether to signal the workflow how many outputs are saved. */
  report?: boolean;
}

/** An input file and the nodes that have an output of it, in node order. */
export interface CollectFile {
  fileId: string;
  /** Empty where the API listed none: then only the final output can be fetched. */
  nodeIds: string[];
}

export interface CollectAnswer {
  /** In the order of the files asked for, and of their nodes. */
  saved: SavedOutput[];
  lost: LostOutput[];
}
