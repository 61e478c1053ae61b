import { cutList } from '../encoded-size';
import type { TransferDetails } from '../output';
import type { TypedFailure } from '../typed-failure';
import type { OutputListTooLargeDetails } from '../wait/failure-details';
import { type CollectAnswer, type CollectRequest, listItems } from './collect';

/** The failures that a run adds to those of its start and its wait. */
export interface RunFailureDetails {
  UnstructuredOutputListTooLargeError: OutputListTooLargeDetails;
  UnstructuredTransferError: TransferDetails;
}

type RunFailure<T extends keyof RunFailureDetails> = TypedFailure<Pick<RunFailureDetails, T>>;

/**
 * Maximum size of what continue-as-new carries, in bytes of JSON. If a workflow carries more than 2 MB, Temporal ends it without a helpful message.
 * The difference to 2 MB is left for the other fields.
 */
export const MAX_CARRIED_BYTES = 2_000_000;

/** The failure before anything is fetched. */
export function outputsTooLargeFailure(
  details: OutputListTooLargeDetails,
): RunFailure<'UnstructuredOutputListTooLargeError'> {
  return { type: 'UnstructuredOutputListTooLargeError', message: failureMessage(details), details };
}

function failureMessage({
  jobId,
  bytes,
  maxBytes,
  files,
  outputNodeFilesTotal,
  inputBytes,
}: OutputListTooLargeDetails): string {
  const isAll = files === 'all';
  if (inputBytes !== undefined)
    return (
      `The run with job ${jobId} can't continue as new: its input of ${inputBytes} bytes and its lists, of ${outputNodeFilesTotal} output ` +
      `node files, are ${bytes} bytes together, more than ${maxBytes}; a shorter input${isAll ? " or the option outputs.which: 'final'" : ''} helps`
    );
  return (
    `The result of the run with job ${jobId} would be about ${bytes} bytes with ${outputNodeFilesTotal} outputs, ` +
    `more than maxResultBytes (${maxBytes}), and nothing was fetched; the option ${isAll ? "outputs.which: 'final'" : 'a larger maxResultBytes'} helps, ` +
    'or a run without outputs'
  );
}

/** The failure if it is unknown which outputs were saved when the time was over. */
export function collectLimitFailure(
  request: CollectRequest,
  limitMs: number,
  savedTotal: number,
): RunFailure<'UnstructuredTransferError'> {
  const { jobId } = request;
  const outputs = listItems(request).length;
  const details: TransferDetails = { jobId, lost: [], lostTotal: outputs - savedTotal, saved: [], savedTotal };
  return {
    type: 'UnstructuredTransferError',
    message: `${savedTotal} of ${outputs} outputs of job ${jobId} were saved within collectLimit (${limitMs} ms); saved outputs are not fetched again on a retry`,
    details,
  };
}

/** @param savedTotal Number of saved outputs, if more were saved than are listed */
export function transferFailure(
  jobId: string | null,
  { saved, lost }: CollectAnswer,
  savedTotal: number = saved.length,
): RunFailure<'UnstructuredTransferError'> {
  const [first] = lost;
  const details: TransferDetails = {
    jobId,
    lost: cutList(lost),
    lostTotal: lost.length,
    saved: cutList(saved),
    savedTotal,
  };
  const count = `${lost.length} output${lost.length === 1 ? '' : 's'}`;
  return {
    type: 'UnstructuredTransferError',
    message: `${count} of job ${jobId} could not be saved whole, ${savedTotal} were; the first: ${first?.type ?? ''}: ${first?.message ?? ''}`,
    details,
  };
}
