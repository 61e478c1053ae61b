import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import type { RunJobsHandle } from '../../client/start-run-jobs';
import { type UnstructuredFailure, unstructuredFailure } from '../../common/failure';
import type { ManifestLine } from '../../core/batch/manifest-lines';
import type { BatchCounts, BatchOutcome, Manifest } from '../../core/batch/manifest';
import type { RunJobsResult } from '../../core/batch/result';
import { CliError, reasonText } from '../support/errors';
import { byOption } from '../support/options';
import { untilReached } from '../server/until-reached';
import type { WrittenBatch } from './records';

/** A batch that has ended. */
export interface EndedBatch {
  outcome: BatchOutcome;
  counts: BatchCounts;
  /** Location of the manifest. */
  location: string;
  leftOut: Manifest['leftOut'];
  leftOutFile: Manifest['leftOutFile'];
  unsettledJobs: number;
  /** Some of the documents that are not ok. */
  notOk: ManifestLine[];
  /** Why the batch did not run to its end. */
  message?: string;
  /** Whether the batch had ended before, so that no documents were listed. */
  isOld?: boolean;
}

/** What awaiting a batch needs. */
interface Awaiting {
  signal: AbortSignal;
  /** Whether any part of the batch was started. */
  isBegun: () => Promise<boolean>;
  /** Pause before a server that cannot be reached is asked again, in milliseconds. @default 5_000 */
  pauseMs?: number | undefined;
}

/**
 * Awaits a batch, and reads what it wrote. If the server cannot be reached, it is asked again until the signal aborts.
 * @throws CliError if the batch failed without a manifest, with exit code 2 if nothing was started; or if its end cannot be read
 */
export async function awaitEnd(
  handle: Pick<RunJobsHandle, 'result'>,
  written: Pick<WrittenBatch, 'manifest' | 'notOk'>,
  awaiting: Awaiting,
): Promise<EndedBatch> {
  const { counts, manifest, message } = await awaitResult(handle, awaiting);
  const told = await written.manifest();
  const { outcome = message === undefined ? 'completed' : 'stopped', unsettledJobsTotal = 0 } = told ?? {};
  const { leftOut = {}, leftOutFile = null } = told ?? {};
  const notOk = counts.ok === counts.documents ? [] : await written.notOk(counts);
  const ended = {
    outcome,
    counts,
    location: manifest.location,
    leftOut,
    leftOutFile,
    unsettledJobs: unsettledJobsTotal,
    notOk,
  };
  return { ...ended, ...(message !== undefined && { message }) };
}

async function awaitResult(
  handle: Pick<RunJobsHandle, 'result'>,
  { signal, isBegun, pauseMs }: Awaiting,
): Promise<RunJobsResult & { message: string | undefined }> {
  try {
    return { ...(await untilReached(() => handle.result(), signal, pauseMs)), message: undefined };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return resultOfFailure(error, isBegun);
    throw signal.aborted ? error : notOver(error);
  }
}

async function resultOfFailure(error: WorkflowFailedError, isBegun: Awaiting['isBegun']) {
  const failure = unstructuredFailure(error);
  if (failure?.type === 'UnstructuredBatchFailedError') return { ...failure.details, message: failure.message };
  const mayBeBegun = await isBegun().catch(() => true);
  const message = failure ? failureText(failure) : `The batch ended: ${reasonText(error)}`;
  const Ended = error.cause instanceof CancelledFailure ? CancelledBatchError : CliError;
  throw new Ended(message, mayBeBegun ? 1 : 2, { cause: error });
}

/** The text of a failure. A refused option is named as on the command line. */
function failureText({ type, message }: UnstructuredFailure): string {
  return type === 'UnstructuredValidationError' ? byOption(message) : `${type}: ${message}`;
}

/** Another program cancelled the batch. */
export class CancelledBatchError extends CliError {}

/** The program cannot continue, but running the same command again can. */
export class NotOverError extends CliError {}

export function notOver(error: unknown): NotOverError {
  return new NotOverError(
    `The program could not follow the batch to its end: ${reasonText(error)}. The batch is not over: run the same command again to resume it.`,
    1,
    { cause: error },
  );
}
