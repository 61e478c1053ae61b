import { cutList } from '../encoded-size';
import type { LostOutput, OutputSelection, SavedOutput, TransferDetails } from '../output';
import type { WaitFailure } from '../wait/failure-details';

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

/** One output to fetch. */
export interface CollectItem {
  fileId: string;
  /** null: the final output, as the API picks it. */
  nodeId: string | null;
  /** The node to ask for where the API knows no final output by itself; null where no node is known. */
  lastNodeId: string | null;
}

/** The outputs that a request asks for, in order. */
export function itemsOf({ files, which }: Pick<CollectRequest, 'files' | 'which'>): CollectItem[] {
  return files.flatMap(({ fileId, nodeIds }): CollectItem[] => {
    const lastNodeId = nodeIds.at(-1) ?? null;
    const chosen = which === 'all' && nodeIds.length > 0 ? nodeIds : [null];
    return chosen.map((nodeId) => ({ fileId, nodeId, lastNodeId }));
  });
}

/** As long as Temporal pauses between two attempts to collect, in milliseconds. What goes beyond it, no worker was there for. */
export const LONGEST_RETRY_PAUSE_MS = 60_000;

/** Where nobody knows which outputs were saved when the time was over. */
export function collectLimitFailure(request: CollectRequest, limitMs: number, savedTotal: number): WaitFailure {
  const { jobId } = request;
  const outputs = itemsOf(request).length;
  const details: TransferDetails = { jobId, lost: [], lostTotal: outputs - savedTotal, saved: [], savedTotal };
  return {
    type: 'UnstructuredTransferError',
    message: `${savedTotal} of ${outputs} outputs of job ${jobId} were saved within collectLimit (${limitMs} ms); where it is begun again, they are not fetched again`,
    details,
  };
}

/** @param savedTotal Where more were saved than are listed. */
export function transferFailure(
  jobId: string,
  { saved, lost }: CollectAnswer,
  savedTotal: number = saved.length,
): WaitFailure {
  const [first] = lost;
  const details: TransferDetails = {
    jobId,
    lost: cutList(lost),
    lostTotal: lost.length,
    saved: cutList(saved),
    savedTotal,
  };
  const count = `${lost.length} output${lost.length === 1 ? '' : 's'}`;
  return {
    type: 'UnstructuredTransferError',
    message: `${count} of job ${jobId} could not be saved whole, ${savedTotal} were; the first: ${first?.type ?? ''}: ${first?.message ?? ''}`,
    details,
  };
}
