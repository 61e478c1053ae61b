import type { DocumentInput } from '../document';
import type { Refusal, SkippedDocument } from '../refusal';
import type { JobSummary, NodeFile } from '../job';
import type { FailedFile } from '../job-details';
import type { LostOutput, SavedOutput } from '../output';
import type { AwaitJobResult, DocumentsOutcome } from '../wait/report';
import { NONE_FAILED } from '../wait/documents';
import type { CollectAnswer, CollectFile } from './collect';
import type { FailureMatch, FileMatch } from './match-files';
import type { StatusCounts } from './planned-job';

/** Outcome of one document. */
export type DocumentResult = { ref: string; fileId: string | null } & (
  | { status: 'ok'; outputs: SavedOutput[] }
  /** `reason` is the vendor's, or says why its outputs could not be fetched. */
  | { status: 'failed'; reason: string; outputs: SavedOutput[] }
  /** Outcome unknown: no output was fetched, and no answer reports the document as good or failed. `reason` says why. */
  | { status: 'missing'; reason: string; outputs: SavedOutput[] }
  /** The document was refused and left out of the job. `reason` says why, and `refusal` in one word. Only with `onRefused: 'skip'`. */
  | { status: 'skipped'; reason: string; refusal: Refusal; outputs: SavedOutput[] }
);

/** Result of a run, with one entry for each document, in input order. */
export interface RunJobResult {
  job: JobSummary;
  documents: DocumentResult[];
  /** Outputs of input files that are not among the documents. */
  otherOutputs: SavedOutput[];
  /** Outputs of any file that could not be fetched, under `onLost: 'return'`; as many as fit. */
  lostOutputs: LostOutput[];
  lostOutputsTotal: number;
  /** Documents that failed, as the API names them; as many as fit. null if they were not requested, or the API did not provide them. */
  failedFiles: FailedFile[] | null;
  /** null if `failedFiles` is null, or the API did not name all of them. */
  failedFilesTotal: number | null;
  /** Why the API did not report the failed documents; null if it did, or they were not requested. */
  documentsError: string | null;
  start: StartReport;
  wait: AwaitJobResult['wait'];
  /** Set for a job of a batch. The lists of the result are then empty; their content is in this part of the batch's manifest. */
  part?: StoredPart | undefined;
}

/** Part of a batch's manifest. */
export interface StoredPart {
  /** Location, as the sink names it. */
  location: string;
  /** Number of the job's documents by outcome. */
  counts: StatusCounts;
}

/** How the run got its job. */
export interface StartReport {
  /** `given`: the caller provided the job's id. */
  how: 'answered' | 'found' | 'adopted' | 'given';
  /** Number of times that the start was sent. */
  sends: number;
}

/** The input files in the lists, each with its nodes in order. */
export function toCollectFiles(nodeFiles: readonly NodeFile[], inputFileIds: readonly string[]): CollectFile[] {
  const nodes = new Map<string, string[]>(inputFileIds.map((fileId) => [fileId, []]));
  for (const { fileId, nodeId } of nodeFiles) nodes.set(fileId, [...(nodes.get(fileId) ?? []), nodeId]);
  return [...nodes].map(([fileId, nodeIds]) => ({ fileId, nodeIds }));
}

const MISSING = 'nothing was fetched of it, and its outcome is unknown';

/**
 * One entry for each document. Without `collected`, nothing was fetched. Then a file that did not fail counts as good if all failed files are known.
 */
export function documentResults(
  documents: readonly DocumentInput[],
  { fileIds }: FileMatch,
  { reasons, isComplete }: FailureMatch,
  outcome: DocumentsOutcome | null,
  collected: CollectAnswer | null,
  skipped: readonly SkippedDocument[] = [],
): DocumentResult[] {
  const isTold = outcome !== null && isComplete && isWhole(outcome);
  return documents.map(({ ref }, index) => {
    const left = skipped.find((one) => one.index === index);
    if (left) return { ref, fileId: null, status: 'skipped', reason: left.message, refusal: left.reason, outputs: [] };
    const fileId = fileIds[index] ?? null;
    const outputs = collected?.saved.filter((saved) => saved.fileId === fileId) ?? [];
    const lost = collected?.lost.find((output) => output.fileId === fileId);
    const reason = reasons[index] ?? lost?.message;
    const base = { ref, fileId };
    if (reason !== undefined) return { ...base, status: 'failed', reason, outputs };
    const isGood = fileId !== null && (collected === null ? isTold : outputs.length > 0);
    return isGood ? { ...base, status: 'ok', outputs } : { ...base, status: 'missing', reason: MISSING, outputs };
  });
}

/** Whether all failed documents are listed. */
function isWhole({ processingStatus, failedFiles, failedFilesTotal: total }: DocumentsOutcome): boolean {
  return failedFiles.length === total && (processingStatus === NONE_FAILED || total > 0);
}
