import type { OutputListTooLargeDetails, WaitFailure } from '../wait/failure-details';

/**
 * What continue-as-new may carry, in bytes of JSON. Temporal ends a workflow that carries more than 2 MB without a word that helps; some is
 * left for the rest.
 */
export const MAX_CARRIED_BYTES = 2_000_000;

/** Told before anything is fetched. */
export function outputsTooLargeFailure(details: OutputListTooLargeDetails): WaitFailure {
  return { type: 'UnstructuredOutputListTooLargeError', message: messageOf(details), details };
}

function messageOf({
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
