import { readField } from '../error-shape';
import type { Verdict } from '../job';
import { isRefusedDocument } from '../refusal';
import type { ResumedRun } from '../run/resume';
import type { PartFailure } from './manifest-lines';

/** What a run knows about its job when it ends without a result. */
export interface RunAtEnd {
  /** What another run needs to resume this one; undefined if it certainly started no job. */
  resume: ResumedRun | undefined;
  /** What the job's last known status means; null if it was never seen. */
  verdict: Verdict | null;
}

/**
 * Outcome of the documents of a run that failed. They failed if their job failed, or if there was no job. Their outcome is unknown if the job may
 * still run or has outputs that were not fetched, or if it is unknown whether there is a job.
 * @param type null for a failure that is not from this package
 */
export function partFailure(type: string | null, message: string, details: object, run: RunAtEnd): PartFailure {
  const end = endOf(run);
  const { unsettled, jobId } = end;
  const refused = readField(details, 'refused');
  return {
    ...end,
    status: unsettled ? 'missing' : 'failed',
    reason: (type === null ? message : `${type}: ${message}`) + (unsettled && jobId !== null ? `. ${TAKEN_UP}` : ''),
    ...(Array.isArray(refused) && { refused: refused.filter(isRefusedDocument) }),
  };
}

/** Outcome of the documents of a run that was cancelled. The next run of its key can still fetch the outputs that it did not fetch. */
export function partCancelled(run: RunAtEnd): PartFailure {
  const end = endOf(run);
  return { ...end, status: 'missing', reason: cancelledReason(run, end.unsettled) };
}

/** Documents that the start left out are not part of any job. */
function endOf({ resume, verdict }: RunAtEnd): Pick<PartFailure, 'unsettled' | 'jobId' | 'refused'> {
  const { jobId = null, skipped: refused = [] } = resume ?? {};
  return { unsettled: resume !== undefined && verdict !== 'failed' && verdict !== 'stopped', jobId, refused };
}

function cancelledReason({ resume }: RunAtEnd, unsettled: boolean): string {
  if (!resume) return 'the run of its job was cancelled before it started one';
  if (!unsettled) return 'the run of its job was cancelled, and the job did not succeed';
  if (resume.jobId === undefined) return `the run of its job was cancelled. ${MAY_HAVE_STARTED}`;
  return `the run of its job was cancelled before the outputs were fetched. ${TAKEN_UP}`;
}

/** Completes the reason of documents whose job is known, and may still run or have outputs. */
const TAKEN_UP = 'Run the same key to resume it';

/** Completes the reason of documents that may be in a job whose id is not known. */
const MAY_HAVE_STARTED = 'It may have started a job: look for it before its documents are sent again';

/** A run that ended without a result, such as one that was terminated. */
export const SILENT: PartFailure = {
  status: 'missing',
  reason: `the run of its job ended without a result. ${MAY_HAVE_STARTED}`,
  unsettled: true,
  jobId: null,
  refused: [],
};
