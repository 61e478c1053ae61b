import type { OutputListTooLargeDetails, WaitFailure } from '../wait/failure-details';

/** Told before anything is fetched. */
export function outputsTooLargeFailure(details: OutputListTooLargeDetails): WaitFailure {
  const help = details.files === 'all' ? "outputs.which: 'final'" : 'a larger maxResultBytes';
  return {
    type: 'UnstructuredOutputListTooLargeError',
    message:
      `The result of the run with job ${details.jobId} would be about ${details.bytes} bytes with ${details.outputNodeFilesTotal} outputs, ` +
      `more than maxResultBytes (${details.maxBytes}), and nothing was fetched; the option ${help} helps, or a run without outputs`,
    details,
  };
}
