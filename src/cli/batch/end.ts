import type { RunJobsHandle } from '../../client/start-run-jobs';
import { unstructuredFailure } from '../../common/failure';
import type { BatchCounts, Manifest, ManifestLine } from '../../core/batch/manifest';
import type { BatchProgress } from '../../core/batch/progress';
import { CliError, reasonText } from '../errors';
import type { WrittenBatch } from './records';

/** A batch that came to its end. */
export interface EndedBatch {
  counts: BatchCounts;
  /** Where the manifest is. */
  location: string;
  leftOut: Manifest['leftOut'];
  uncertainStarts: number;
  /** Some of the documents that are not ok. */
  notOk: ManifestLine[];
  /** Why it did not go through to its end. */
  problem?: string;
  /** Whether it had ended before, so that nothing new was listed. */
  isOld?: boolean;
}

/**
 * Awaits a batch, and reads what it wrote.
 * @throws CliError where it failed without a manifest: with exit code 2 where nothing was planned
 */
export async function endOf(
  handle: RunJobsHandle,
  written: WrittenBatch,
  progress: () => BatchProgress | null,
): Promise<EndedBatch> {
  const { counts, manifest, problem } = await resultOf(handle, progress);
  const { leftOut = {}, uncertainStarts = [] } = (await written.manifest()) ?? {};
  const notOk = counts.ok === counts.documents ? [] : await written.notOk(counts);
  const ended = { counts, location: manifest.location, leftOut, uncertainStarts: uncertainStarts.length, notOk };
  return { ...ended, ...(problem !== undefined && { problem }) };
}

async function resultOf(handle: RunJobsHandle, progress: () => BatchProgress | null) {
  try {
    return { ...(await handle.result()), problem: undefined };
  } catch (error) {
    const failure = unstructuredFailure(error);
    if (failure?.type === 'UnstructuredBatchFailedError') return { ...failure.details, problem: failure.message };
    const isBegun = (progress()?.counts.jobs ?? 0) > 0;
    const message = failure ? `${failure.type}: ${failure.message}` : `The batch ended: ${reasonText(error)}`;
    throw new CliError(message, isBegun ? 1 : 2, { cause: error });
  }
}
