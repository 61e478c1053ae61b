import { shownRef } from '../reference';
import type { RecordsRequest, StatusCounts } from '../run/planned-job';
import type { ManifestLine } from './manifest-lines';
import type { BatchDocuments } from './options';
import type { PlanParts } from './plan';

export const NO_DOCUMENTS: Readonly<StatusCounts> = Object.freeze({ ok: 0, failed: 0, refused: 0, missing: 0 });

/** Counts of a batch. */
export interface BatchCounts extends StatusCounts {
  /** Documents in the plan: the sum of `ok`, `failed`, `refused` and `missing` once the batch has ended. */
  documents: number;
  /** Jobs in the plan. */
  jobs: number;
  /** Jobs whose run failed in the last run of the batch. */
  failedJobs: number;
}

/** Content of `manifest.json`. Version 1: fields may be added. */
export interface Manifest {
  version: 1;
  /** The key of the batch. */
  key: string;
  /** When the last run of the batch began and when this file was written, ISO-8601. */
  startedAt: string;
  endedAt: string;
  /**
   * `completed`: every job has ended. `stopped`: more documents failed than `tolerated` allows, or other runs use the workflow ids of its
   * jobs. `cancelled`: the batch was cancelled.
   */
  outcome: BatchOutcome;
  counts: BatchCounts;
  /** Parts, one for each job: file names relative to this file. */
  parts: { count: number; name: string };
  /** Number of listed entries that were left out of the plan, by reason. */
  leftOut: Record<string, number>;
  /**
   * List of these entries, at most 1,000 of each reason, or 10,000 if the documents were named: file name relative to this file. null if none were
   * left out.
   */
  leftOutFile: string | null;
  /** Jobs whose outcome is unknown, at most 100: all are marked in the lines of their documents. */
  unsettledJobs: UnsettledJob[];
  /** Number of these jobs in total. */
  unsettledJobsTotal: number;
  /**
   * Manifest that `unlessIn` named, the first of several. Documents that are `ok` in it and have not changed are not in this one. null without that
   * option.
   */
  unlessIn: string | null;
  /** Further manifests that `unlessIn` named, if it named several. */
  alsoUnlessIn: string[];
  /** Manifest that `retryFailed` named. Documents that are `ok` in it are not in this one. null without that option. */
  retryFailed: string | null;
  /**
   * The options of the batch, without secrets: `start`, where `jobNodes` is the number of nodes; `from` and `match`, or `list`; `to`, `name`, `which`,
   * `account`, `perJob`, `maxJobBytes`, `maxDocumentBytes`, `parallel`, `tolerated`.
   */
  options: Record<string, unknown>;
}

/** The locations that the option `unlessIn` names. */
export function toLocations(unlessIn: string | readonly string[] | null | undefined): string[] {
  return [unlessIn ?? []].flat();
}

/** Locations of the earlier manifests that a manifest or the input of a batch names. */
export function namedManifests({
  unlessIn,
  alsoUnlessIn,
  retryFailed,
}: {
  unlessIn?: string | readonly string[] | null | undefined;
  alsoUnlessIn?: readonly string[] | undefined;
  retryFailed?: string | null | undefined;
}): string[] {
  return [...toLocations(unlessIn), ...(alsoUnlessIn ?? []), ...toLocations(retryFailed)];
}

/** The documents option of a batch without possible secrets, as in the options of a manifest. */
export function shownDocuments(documents: BatchDocuments | null | undefined): Record<string, unknown> {
  if (documents == null || Array.isArray(documents)) return {};
  return 'from' in documents
    ? { from: shownRef(documents.from), match: documents.match ?? null }
    : { list: shownRef(documents.list) };
}

export const BATCH_OUTCOMES = ['completed', 'stopped', 'cancelled'] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];

/** Largest number of unsettled jobs that a manifest lists. */
export const MAX_UNSETTLED_JOBS = 100;

/** A job that may have been started, may still run, or has outputs that were not fetched. */
export interface UnsettledJob {
  /** The job's number in the plan, from 1. */
  part: number;
  /** Workflow id of the job's run; null if it is unknown. */
  workflowId: string | null;
  /** null if it is unknown whether there is one. */
  jobId: string | null;
  /** What is known about the job, and how to settle it. */
  message: string;
}

export function countStatuses(lines: readonly Pick<ManifestLine, 'status'>[]): StatusCounts {
  const counts = { ...NO_DOCUMENTS };
  for (const { status } of lines) counts[status]++;
  return counts;
}

export function sumCounts({ ok, failed, refused, missing }: StatusCounts): number {
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

/** Input of the activity `unstructured.writeManifestPart`. */
export interface PartRequest extends RecordsRequest {
  /** The job's number in the plan, from 1. */
  part: number;
  lines: ManifestLine[];
}

/** Input of the activity `unstructured.writeManifest`. */
export interface ManifestRequest
  extends RecordsRequest, Pick<Manifest, 'startedAt' | 'endedAt' | 'outcome' | 'leftOut' | 'options'> {
  unlessIn?: string | string[] | undefined;
  retryFailed?: string | undefined;
  plan: PlanParts;
  jobs: number;
  failedJobs: number;
}

/** Answer of the activity. */
export interface ManifestAnswer {
  location: string;
  counts: BatchCounts;
}
