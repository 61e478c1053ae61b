import { shownRef } from '../reference';
import type { TypedFailure } from '../typed-failure';
import type { BatchCounts } from './manifest';

/** The failures that a batch adds to those of its runs. */
export interface BatchFailureDetails {
  UnstructuredBatchFailedError: BatchFailedDetails;
}

export interface BatchFailedDetails {
  counts: BatchCounts;
  /** Location of the manifest. */
  manifest: { location: string; parts: number };
  /** Share of the documents that may be other than `ok`. */
  tolerated: number;
}

export function batchFailedFailure(details: BatchFailedDetails): TypedFailure<BatchFailureDetails> {
  const { counts, tolerated, manifest } = details;
  const { failed, refused, missing, documents } = counts;
  const message =
    `${failed + refused + missing} of ${documents} documents are not ok (${failed} failed, ${refused} refused, ${missing} missing), ` +
    `more than is tolerated (${tolerated}). The manifest has the outcome of each: ${shownRef(manifest.location)}`;
  return { type: 'UnstructuredBatchFailedError', message, details };
}
