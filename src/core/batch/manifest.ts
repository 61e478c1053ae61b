import type { RecordsRequest, StatusCounts } from '../run/planned-job';
import type { ManifestLine } from './manifest-lines';

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

/** What the activity `unstructured.writeManifestPart` is asked. */
export interface PartRequest extends RecordsRequest {
  /** The job's number in the plan, from 1. */
  part: number;
  lines: ManifestLine[];
}

/** What the activity `unstructured.writeManifest` is asked. */
export interface ManifestRequest
  extends
    RecordsRequest,
    Pick<Manifest, 'startedAt' | 'endedAt' | 'outcome' | 'uncertainStarts' | 'leftOut' | 'options'> {
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
