import type { Refusal, RefusedDocument } from '../refusal';
import { hashText } from '../digest';
import type { LeftOutReason } from '../listing';
import type { SavedOutput } from '../output';
import { defaultIdentity, shownReference } from '../reference';
import { DOCUMENT_STATUSES, type DocumentStatus, type PartRun } from '../run/planned-job';
import type { DocumentResult } from '../run/result';
import { listedPathOf, type PlannedDocument } from './records';

/** An output of a document. */
export type ManifestOutput = Pick<SavedOutput, 'location' | 'bytes' | 'sha256' | 'contentType' | 'nodeId'>;

/** One document: a line of a part of the manifest. Version 1: fields may be added. */
export interface ManifestLine {
  /** Reference to the document, without parts that may be secret. */
  ref: string;
  /** Path below the folder that was listed, from which the option `outputs.name` makes the names of the outputs. null if it has none. */
  path: string | null;
  /** Identity of the document; `digest:` and 16 hex digits if the identity may contain a secret. */
  identity: string;
  /** Size in bytes; null if unknown. */
  bytes: number | null;
  /** Version of the content, such as an ETag; null if unknown. */
  version: string | null;
  /**
   * `ok`: its outputs were saved. `failed`: the API could not process it, or its outputs could not be fetched. `refused`: the worker may
   * not or cannot read it, so it is in no job. `missing`: its outcome is unknown.
   */
  status: DocumentStatus;
  /** Why it is not `ok`; null if it is. */
  reason: string | null;
  /** Reason of a refusal, in one word; null if it was not refused. */
  refusal: Refusal | null;
  /**
   * Whether a job may have been started for the document, and its outcome is unknown or its outputs were not fetched. Only if the document is
   * `missing`.
   */
  unsettled: boolean;
  /** Id of the job; null if there was none, or it is unknown. */
  jobId: string | null;
  /** Id of the document's file in the job; null if unknown. */
  fileId: string | null;
  /** Workflow id and run id of the run that sent the document; null if its job was not begun. */
  workflowId: string | null;
  runId: string | null;
  outputs: ManifestOutput[];
}

/** An entry that was left out of the plan: a line of `left-out.jsonl`. Version 1: fields may be added. */
export interface LeftOutLine {
  /**
   * Path below the folder that was listed. The path of a folder ends with `/`. For a document without a path, its reference without possible
   * secrets.
   */
  path: string;
  /** Why the entry was left out, in one word: a key of `leftOut` in the manifest. */
  reason: LeftOutReason | 'unchanged' | 'unsettled' | 'duplicate';
}

/** Lines of a job whose run has a result: one entry for each document, in the order of the plan. */
export function linesOfResult(
  planned: readonly PlannedDocument[],
  results: readonly DocumentResult[],
  jobId: string,
  run: PartRun,
): ManifestLine[] {
  return planned.map((document, index) => {
    const result = results[index];
    const begun = { ...beginLine(document), jobId, ...run };
    if (!result) return { ...begun, reason: OUTCOME_UNKNOWN };
    const { fileId, outputs } = result;
    const line = { ...begun, fileId, outputs: outputs.map(toManifestOutput) };
    switch (result.status) {
      case 'ok':
        return { ...line, status: 'ok', reason: null };
      case 'skipped':
        return { ...line, status: 'refused', reason: result.reason, refusal: result.refusal, jobId: null };
      default:
        return { ...line, status: result.status, reason: result.reason };
    }
  });
}

const OUTCOME_UNKNOWN = 'its outcome is unknown';

/** How a run ended without a result. */
export interface PartFailure {
  status: 'failed' | 'missing';
  reason: string;
  unsettled: boolean;
  jobId: string | null;
  /** Documents that were refused. */
  refused: Pick<RefusedDocument, 'index' | 'reason' | 'message'>[];
}

/** Lines of a job whose run has no result. */
export function linesOfFailure(
  planned: readonly PlannedDocument[],
  { status, reason, unsettled, jobId, refused }: PartFailure,
  run: PartRun | null,
): ManifestLine[] {
  return planned.map((document, index) => {
    const line = { ...beginLine(document), jobId, ...run };
    const one = refused.find((entry) => entry.index === index);
    return one
      ? { ...line, status: 'refused', reason: one.message, refusal: one.reason, jobId: null }
      : { ...line, status, reason, unsettled };
  });
}

function beginLine(document: PlannedDocument): ManifestLine {
  const { ref, bytes = null, version = null } = document;
  return {
    ref: shownReference(ref),
    path: listedPathOf(document),
    identity: shownIdentity(document),
    bytes,
    version,
    status: 'missing',
    reason: null,
    refusal: null,
    unsettled: false,
    jobId: null,
    fileId: null,
    workflowId: null,
    runId: null,
    outputs: [],
  };
}

/** The line of a document that is left out. */
export function leftOutLine(document: PlannedDocument, reason: LeftOutLine['reason']): LeftOutLine {
  return { path: listedPathOf(document) ?? shownReference(document.ref), reason };
}

/** The identity of a document in the form that manifests contain. */
export function shownIdentity({ ref, identity = defaultIdentity(ref) }: PlannedDocument): string {
  return shownReference(identity) === identity ? identity : `digest:${hashText(identity)}`;
}

function toManifestOutput({ location, bytes, sha256, contentType, nodeId }: SavedOutput): ManifestOutput {
  return { location, bytes, sha256, contentType, nodeId };
}

/** Whether a value is a line of a manifest, judged by the fields that are read again. */
export function isManifestLine(value: unknown): value is ManifestLine {
  const { status, identity }: Partial<Record<keyof ManifestLine, unknown>> = Object(value) as object;
  return (DOCUMENT_STATUSES as readonly unknown[]).includes(status) && typeof identity === 'string';
}

export function isLeftOutLine(value: unknown): value is LeftOutLine {
  const { path, reason }: Partial<Record<keyof LeftOutLine, unknown>> = Object(value) as object;
  return typeof path === 'string' && typeof reason === 'string';
}
