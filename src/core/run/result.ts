import type { DocumentInput } from '../document';
import type { FailedFile } from '../job-details';
import type { NodeFile } from '../job';
import type { SavedOutput } from '../output';
import type { UploadRequest } from '../start/request';
import type { AwaitJobResult } from '../wait/account';
import type { JobSummary } from '../wait/job-check';
import type { CollectAnswer, CollectFile } from './collect';
import { failureReason, type FileMatch } from './match-files';

/** What became of one document that was sent. */
export type DocumentResult = { ref: string; fileId: string | null } & (
  | { status: 'ok'; outputs: SavedOutput[] }
  /** `reason` is the vendor's, or why its outputs could not be fetched. */
  | { status: 'failed'; reason: string; outputs: SavedOutput[] }
  /** Neither good nor failed: the job's answers do not tell what became of it. */
  | { status: 'missing'; outputs: SavedOutput[] }
);

/** Result of a run: one entry for each document that was sent, in input order. */
export interface RunJobResult {
  job: JobSummary;
  documents: DocumentResult[];
  /** Outputs of input files that are none of the documents. */
  otherOutputs: SavedOutput[];
  /** Documents that failed, as the API names them; at most those that fit. null where nobody asked. */
  failedFiles: FailedFile[] | null;
  failedFilesTotal: number | null;
  start: RunStartAccount;
  wait: AwaitJobResult['wait'];
}

/** How the job came to be. */
export interface RunStartAccount {
  /** `given`: the caller handed in the job's id. */
  how: 'answered' | 'found' | 'adopted' | 'given';
  /** How often the start was sent. */
  sends: number;
}

/** The input files that the lists name, each with its nodes in order. */
export function filesOf(nodeFiles: readonly NodeFile[], inputFileIds: readonly string[]): CollectFile[] {
  const nodes = new Map<string, string[]>(inputFileIds.map((fileId) => [fileId, []]));
  for (const { fileId, nodeId } of nodeFiles) nodes.set(fileId, [...(nodes.get(fileId) ?? []), nodeId]);
  return [...nodes].map(([fileId, nodeIds]) => ({ fileId, nodeIds }));
}

/** One entry for each document. Without `collected`, nothing was fetched: a file of a completed job that did not fail is good. */
export function documentResults(
  documents: readonly DocumentInput[],
  uploads: readonly UploadRequest[],
  match: FileMatch,
  failedFiles: readonly FailedFile[],
  collected: CollectAnswer | null,
): DocumentResult[] {
  return documents.map(({ ref }, index) => {
    const fileId = match.fileIds[index] ?? null;
    const outputs = collected?.saved.filter((saved) => saved.fileId === fileId) ?? [];
    const lost = collected?.lost.find((output) => output.fileId === fileId);
    const upload = uploads[index];
    const reason = (upload && failureReason(upload, fileId, failedFiles)) ?? lost?.message;
    const base = { ref, fileId };
    if (reason !== undefined) return { ...base, status: 'failed', reason, outputs };
    const isGood = fileId !== null && (collected === null || outputs.length > 0);
    return isGood ? { ...base, status: 'ok', outputs } : { ...base, status: 'missing', outputs };
  });
}
