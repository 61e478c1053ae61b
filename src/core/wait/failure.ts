import { type CallError, type CallErrorSummary, summarizeError } from '../call-error';
import { cutList } from '../encoded-size';
import { isoTime } from '../instant';
import type { JobSummary } from '../job';
import { given } from '../values';
import { waitReport, type DocumentsOutcome, type FailedFiles } from './report';
import { type CancelReport, cancelReport } from './cancel';
import type {
  FailedJobDetails,
  JobFailure,
  JobTimeoutDetails,
  LastSeen,
  LimitName,
  OutputListTooLargeDetails,
  PartiallyFailedDetails,
  UnreachableDetails,
  WaitFailure,
} from './failure-details';
import { isStalled, stallReport } from './node-counts';
import type { WaitOptions } from './options';
import { type Streak, verdictOfState, type WaitState } from './state';

/** Details that every failure of a wait has. */
function lastSeen(state: WaitState, now: number): LastSeen {
  const { jobId, job } = state;
  return { jobId, job, lastStatus: job?.status ?? null, wait: waitReport(state, now) };
}

export function jobFailure(state: WaitState, job: JobSummary, verdict: 'failed' | 'stopped', now: number): JobFailure {
  const type = verdict === 'failed' ? 'UnstructuredJobFailedError' : 'UnstructuredJobStoppedError';
  return { type, message: `Job ${state.jobId} ended ${job.status}`, details: jobDetails(state, job, now) };
}

function jobDetails(state: WaitState, job: JobSummary, now: number): FailedJobDetails {
  return {
    ...lastSeen(state, now),
    jobId: job.id,
    job,
    lastStatus: job.status,
    outputNodeFiles: cutList(state.outputNodeFiles?.entries ?? []),
    outputNodeFilesTotal: state.outputNodeFiles?.total ?? 0,
    failedFiles: null,
    failedFilesTotal: null,
  };
}

export function limitFailure(state: WaitState, limit: LimitName, limitMs: number, now: number): WaitFailure {
  const details: JobTimeoutDetails = {
    ...lastSeen(state, now),
    limit,
    limitMs,
    lastCheck: state.lastCheck?.outcome ?? null,
    lastError: state.lastError && summarizeError(state.lastError),
    stalled: limit === 'stall' || isStalled(state) ? stallReport(state) : null,
    cancel: cancelReport(state),
  };
  return { type: 'UnstructuredJobTimeoutError', message: limitMessage(details, state), details };
}

function limitMessage(details: JobTimeoutDetails, state: WaitState): string {
  const { lastStatus, limit, limitMs, lastCheck, cancel, stalled } = details;
  const sinceBefore = limit === 'queue' && state.awaited && state.jobId !== null ? ' (from before it appeared)' : '';
  const still = stalled ? ` (no file moved since ${stalled.since})` : '';
  const passed = `the ${limit} limit of ${limitMs} ms${sinceBefore}${still} passed`;
  if (verdictOfState(state) === 'completed')
    return `Job ${state.jobId} ended COMPLETED, but it was still unknown whether its documents failed when ${passed}`;
  if (cancel) return `Job ${state.jobId}: ${passed}, ${cancelOutcome(cancel, lastStatus)}`;
  const seen = lastStatus === null ? 'was never seen' : `was last seen ${lastStatus}`;
  const doubt = lastCheck === 'answer' || lastCheck === 'absent' ? '' : '; the check at the limit brought no answer';
  const names =
    limit === 'unknownStatus' ? ` (unknown statuses: ${Object.keys(state.unknownStatuses).join(', ')})` : '';
  return `${subjectText(state)} ${seen} when ${passed}${doubt}${names}`;
}

function cancelOutcome({ accepted, confirmed, lastError }: CancelReport, status: string | null): string {
  if (confirmed) return `and it was cancelled: it ended ${status ?? ''}`;
  if (accepted) return `and it was cancelled, but was last seen ${status ?? 'never'}: it may still run`;
  const why = lastError ? `${lastError.type}: ${lastError.message}` : 'no answer';
  return `but cancelling it failed (${why}): it may still run`;
}

/** Adds the failed documents to the failure of a job, as far as they are known. The message gets the first reason. */
export function withFailedFiles(failure: JobFailure, { failedFiles, failedFilesTotal }: FailedFiles): JobFailure {
  const [first] = failedFiles;
  const others = (failedFilesTotal ?? failedFiles.length) - 1;
  const more = others > 0 ? `, and ${others} more` : '';
  const reason = first ? `; failed: ${first.document} (${first.error})`.slice(0, MAX_REASON) + more : '';
  const message = failure.message + reason;
  const details = { ...failure.details, failedFiles: cutList(failedFiles), failedFilesTotal };
  return { ...failure, message, details };
}

/** Maximum length of a document's reason in a message. */
const MAX_REASON = 300;

/** Failure of a COMPLETED job with failed documents, under the policy `failedFiles: 'fail'`. */
export function partialFailure(
  state: WaitState,
  job: JobSummary,
  { processingStatus, failedFiles, failedFilesTotal }: DocumentsOutcome,
  now: number,
): WaitFailure {
  const details: PartiallyFailedDetails = {
    ...jobDetails(state, job, now),
    processingStatus,
    failedFiles: cutList(failedFiles),
    failedFilesTotal,
  };
  const count = `${failedFilesTotal || 'some'} document${failedFilesTotal === 1 ? '' : 's'}`;
  return {
    type: 'UnstructuredJobPartiallyFailedError',
    message: `Job ${state.jobId} ended ${job.status}, and ${count} failed (${processingStatus})`,
    details,
  };
}

export function unreachableFailure(
  state: WaitState,
  failing: Streak,
  lastError: CallErrorSummary,
  now: number,
): WaitFailure {
  const since = isoTime(failing.since);
  const failedChecks = failing.count;
  const details: UnreachableDetails = { ...lastSeen(state, now), lastError, failedChecks, since };
  return {
    type: 'UnstructuredUnreachableError',
    message: `No answer about ${lowerFirst(subjectText(state))} since ${since}: ${failedChecks} checks in a row failed, the last with ${lastError.type}`,
    details,
  };
}

/** Ends the wait with the failure of its last check, and with the job as last seen. */
export function checkFailure(state: WaitState, error: CallError, now: number): WaitFailure {
  const { type, message, api, details } = error;
  const { jobId, ...seen } = lastSeen(state, now);
  if (api) return { type, message, details: { ...api, ...(jobId !== null && { jobId }), ...seen } };
  // A final error that is not an answer of the API is a failure of this package. Its details are those of its type.
  return {
    type,
    message,
    details: { ...lastSeen(state, now), ...(details && given(details)) },
  } as WaitFailure;
}

/** Details of the failure that is reported before Temporal would refuse lists that are too large. */
export function tooLargeDetails(
  { options: { files }, state }: { options: Pick<WaitOptions, 'files'>; state: WaitState },
  job: JobSummary,
  size: Pick<OutputListTooLargeDetails, 'bytes' | 'maxBytes' | 'outputNodeFilesTotal' | 'inputBytes'>,
  now: number,
): OutputListTooLargeDetails {
  return { ...lastSeen(state, now), jobId: job.id, job, files, ...size };
}

export function tooLargeFailure(
  details: OutputListTooLargeDetails,
): Extract<WaitFailure, { type: 'UnstructuredOutputListTooLargeError' }> {
  const help =
    details.files === 'all'
      ? "files: 'final' or 'none'"
      : details.files === 'final'
        ? "files: 'none'"
        : 'a larger maxResultBytes';
  return {
    type: 'UnstructuredOutputListTooLargeError',
    message:
      `The result for job ${details.jobId} would be ${details.bytes} bytes with ${details.outputNodeFilesTotal} output node files, ` +
      `more than maxResultBytes (${details.maxBytes}); the option ${help} helps`,
    details,
  };
}

/** The awaited job, in words for the start of a sentence. */
function subjectText({ jobId, awaited }: WaitState): string {
  if (jobId !== null || !awaited) return `Job ${jobId}`;
  return `A job of workflow ${awaited.workflowId} created after ${awaited.createdAfter}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
