import type { Refusal, RefusedDocument } from '../document';
import type { SavedOutput } from '../output';
import { defaultIdentity, shownReference } from '../reference';
import { hashText } from '../digest';
import { type BatchPlace, DOCUMENT_STATUSES, type DocumentStatus, type StatusCounts } from '../run/planned';
import type { DocumentResult } from '../run/result';
import type { PlannedDocument } from './records';

/** An output of a document. */
export type ManifestOutput = Pick<SavedOutput, 'location' | 'bytes' | 'sha256' | 'contentType' | 'nodeId'>;

/**
 * One document, as a line of a part of the manifest tells it. Version 1: fields may be added.
 */
export interface ManifestLine {
  /** Where it is, without what may be a secret. */
  ref: string;
  /** Its path, by which its outputs are called where the option `outputs.name` is given: below the folder that was listed. null where it has none. */
  path: string | null;
  /** What tells it from every other; as `digest:` with 64 bits in hex where it may hold a secret. */
  identity: string;
  /** Size in bytes; null where nobody told. */
  bytes: number | null;
  /** What changes when its content does, such as an ETag; null where nobody told. */
  version: string | null;
  /**
   * `ok`: its outputs are there. `failed`: the API, or the fetching of its outputs, failed. `refused`: the worker may not or cannot read it, and
   * it was not sent. `missing`: no answer tells what became of it.
   */
  status: DocumentStatus;
  /** Why it is not ok; null where it is. */
  reason: string | null;
  /** Why it was refused, in a word; null where it was not. */
  refusal: Refusal | null;
  /** The job; null where there was none, or nobody knows it. */
  jobId: string | null;
  /** The document as the API names it; null where it told none. */
  fileId: string | null;
  outputs: ManifestOutput[];
}

export const NO_DOCUMENTS: Readonly<StatusCounts> = Object.freeze({ ok: 0, failed: 0, refused: 0, missing: 0 });

/** Counts of a batch. */
export interface BatchCounts extends StatusCounts {
  /** Documents in the plan: all others together. */
  documents: number;
  /** Jobs in the plan. */
  jobs: number;
  /** Jobs whose run failed. */
  failedJobs: number;
}

/** What `manifest.json` holds. Version 1: fields may be added. */
export interface Manifest {
  version: 1;
  /** The key of the batch. */
  key: string;
  /** When the last run of the batch began, and when this was written, ISO-8601. */
  startedAt: string;
  endedAt: string;
  /** `completed`: every job came to its end. `stopped`: more failed than is tolerated, or runs of its key are in the way. `cancelled`: the batch was cancelled. */
  outcome: BatchOutcome;
  counts: BatchCounts;
  /** Parts, one for each job, by their names beside this file. */
  parts: { count: number; name: string };
  /** What was listed and not planned, by reason. */
  leftOut: Record<string, number>;
  /** Starts of which nobody knows whether they began a job, at most 100. */
  uncertainStarts: UncertainStart[];
  /** The manifest that `unlessIn` named: what is ok in it is not in this one. null without. */
  unlessIn: string | null;
  /** The manifest that `retryFailed` named: what is ok in it is not in this one. null without. */
  retryFailed: string | null;
  /** What was asked for, as far as it holds no secret. */
  options: Record<string, unknown>;
}

export const BATCH_OUTCOMES = ['completed', 'stopped', 'cancelled'] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];

export interface UncertainStart {
  part: number;
  /** Id of the workflow of its run. */
  key: string;
  /** What is known of it, and what settles it. */
  message: string;
}

export function countStatuses(lines: readonly Pick<ManifestLine, 'status'>[]): StatusCounts {
  const counts = { ...NO_DOCUMENTS };
  for (const { status } of lines) counts[status]++;
  return counts;
}

export function totalOf({ ok, failed, refused, missing }: StatusCounts): number {
  return ok + failed + refused + missing;
}

export function addCounts(one: StatusCounts, other: StatusCounts): StatusCounts {
  return {
    ok: one.ok + other.ok,
    failed: one.failed + other.failed,
    refused: one.refused + other.refused,
    missing: one.missing + other.missing,
  };
}

/** Lines of a job whose run has a result: an entry for each document, in the order of the plan. */
export function linesOfResult(
  planned: readonly PlannedDocument[],
  results: readonly DocumentResult[],
  jobId: string,
): ManifestLine[] {
  return planned.map((document, index) => {
    const result = results[index];
    if (!result) return { ...beginLine(document), reason: NOT_TOLD, jobId };
    const { fileId, outputs } = result;
    const line = { ...beginLine(document), jobId, fileId, outputs: outputs.map(toManifestOutput) };
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

const NOT_TOLD = 'no answer tells what became of it';

/** How a run ended without a result. */
export interface PartFailure {
  status: 'failed' | 'missing';
  reason: string;
  jobId: string | null;
  /** Documents that were refused before anything was sent. */
  refused: Pick<RefusedDocument, 'index' | 'reason' | 'message'>[];
}

/** Lines of a job whose run has no result. */
export function linesOfFailure(
  planned: readonly PlannedDocument[],
  { status, reason, jobId, refused }: PartFailure,
): ManifestLine[] {
  return planned.map((document, index) => {
    const line = { ...beginLine(document), jobId };
    const one = refused.find((entry) => entry.index === index);
    return one ? { ...line, status: 'refused', reason: one.message, refusal: one.reason } : { ...line, status, reason };
  });
}

function beginLine(document: PlannedDocument): ManifestLine {
  const { ref, path = null, bytes = null, version = null } = document;
  return {
    ref: shownReference(ref),
    path,
    identity: shownIdentity(document),
    bytes,
    version,
    status: 'missing',
    reason: null,
    refusal: null,
    jobId: null,
    fileId: null,
    outputs: [],
  };
}

/** What tells a document from every other, as manifests hold it. */
export function shownIdentity({ ref, identity = defaultIdentity(ref) }: PlannedDocument): string {
  return shownReference(identity) === identity ? identity : `digest:${hashText(identity)}`;
}

function toManifestOutput({ location, bytes, sha256, contentType, nodeId }: SavedOutput): ManifestOutput {
  return { location, bytes, sha256, contentType, nodeId };
}

/** Whether something is a line of a manifest, as far as it is read again. */
export function isManifestLine(value: unknown): value is ManifestLine {
  const { status, identity }: Partial<Record<keyof ManifestLine, unknown>> = Object(value) as object;
  return (DOCUMENT_STATUSES as readonly unknown[]).includes(status) && typeof identity === 'string';
}

/** What the activity `unstructured.writeManifestPart` is asked. */
export interface PartRequest extends BatchPlace {
  /** The job's number in the plan, from 1. */
  part: number;
  lines: ManifestLine[];
}

/** What the activity `unstructured.writeManifest` is asked. */
export interface ManifestRequest
  extends BatchPlace, Pick<Manifest, 'startedAt' | 'endedAt' | 'outcome' | 'uncertainStarts' | 'leftOut' | 'options'> {
  unlessIn?: string | undefined;
  retryFailed?: string | undefined;
  /** Id of the plan. */
  plan: string;
  jobs: number;
  failedJobs: number;
  /** How many of the jobs were begun: of the others there is no part. */
  begunJobs: number;
  /** Jobs whose runs ended without a word: what stands in their parts may be older. */
  unheard: number[];
}

/** Answer of the activity. */
export interface ManifestAnswer {
  location: string;
  counts: BatchCounts;
}
