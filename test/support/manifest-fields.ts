import type { BatchCounts, LeftOutLine, Manifest, ManifestLine, ManifestOutput, UnsettledJob } from '../../src';
import type { Fields } from './fields';

/** The fields of a batch's manifest; the compiler sees to it that none is missing, none too many, and none of another type. */
export const COUNTS: Fields<BatchCounts> = {
  documents: 'number',
  ok: 'number',
  failed: 'number',
  refused: 'number',
  missing: 'number',
  jobs: 'number',
  failedJobs: 'number',
};

export const MANIFEST: Fields<Manifest> = {
  version: 'number',
  key: 'string',
  startedAt: 'string',
  endedAt: 'string',
  outcome: 'string',
  counts: 'object',
  parts: 'object',
  leftOut: 'object',
  leftOutFile: 'string or null',
  unsettledJobs: 'object[]',
  unsettledJobsTotal: 'number',
  unlessIn: 'string or null',
  alsoUnlessIn: 'string[]',
  retryFailed: 'string or null',
  options: 'object',
};

export const PARTS: Fields<Manifest['parts']> = { count: 'number', name: 'string' };

export const UNSETTLED_JOB: Fields<UnsettledJob> = {
  part: 'number',
  workflowId: 'string or null',
  jobId: 'string or null',
  message: 'string',
};

export const LINE: Fields<ManifestLine> = {
  ref: 'string',
  path: 'string or null',
  identity: 'string',
  bytes: 'number or null',
  version: 'string or null',
  status: 'string',
  reason: 'string or null',
  refusal: 'string or null',
  unsettled: 'boolean',
  jobId: 'string or null',
  fileId: 'string or null',
  workflowId: 'string or null',
  runId: 'string or null',
  outputs: 'object[]',
};

export const OUTPUT: Fields<ManifestOutput> = {
  location: 'string',
  bytes: 'number',
  sha256: 'string',
  contentType: 'string',
  nodeId: 'string or null',
};

export const LEFT_OUT_LINE: Fields<LeftOutLine> = { path: 'string', reason: 'string' };
