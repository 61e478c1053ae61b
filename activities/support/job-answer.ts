import { createHash } from 'node:crypto';
import { toApplicationFailure } from '../../src/common/failure';
import { encodedBytes } from '../../src/core/encoded-size';
import { type FileSelection, type Job, selectFiles, summarize } from '../../src/core/job';
import { tooLargeFailure } from '../../src/core/wait/failure';
import type { HeldDigests, JobCheck, ListCheck } from '../../src/core/wait/job-check';
import type { WaitOptions } from '../../src/core/wait/options';

/** The bounds of an answer. `held` is set in a wait: lists that the wait already holds are left out. */
export type AnswerBounds = Pick<WaitOptions, 'files' | 'maxResultBytes'> & { held?: HeldDigests };

/**
 * The answer of an activity about a job: all of it, or what a wait does not hold yet.
 * @throws ApplicationFailure for an answer that Temporal's server would not accept. Above 2 MB, the activity fails without a usable type. Above 4 MB,
 * it is retried silently without end
 */
export function jobAnswer(job: Job, { held, files, maxResultBytes }: AnswerBounds): Job | JobCheck {
  const result = held ? toJobCheck(job, { held, files }) : selected(job, files);
  const bytes = encodedBytes(result);
  if (bytes <= maxResultBytes) return result;
  const failure = tooLargeFailure({
    jobId: job.id,
    job: summarize(job),
    lastStatus: job.status,
    bytes,
    maxBytes: maxResultBytes,
    files,
    outputNodeFilesTotal: job.outputNodeFiles?.length ?? 0,
  });
  throw toApplicationFailure(failure);
}

function selected(job: Job, files: FileSelection): Job {
  const { inputFileIds, outputNodeFiles } = job;
  return {
    ...job,
    inputFileIds: files === 'none' ? null : inputFileIds,
    outputNodeFiles: outputNodeFiles && selectFiles(outputNodeFiles, files),
  };
}

/** Reduces a job to what a wait does not hold yet. */
export function toJobCheck(job: Job, { held, files }: { held: HeldDigests; files: FileSelection }): JobCheck {
  const { inputFileIds, outputNodeFiles, unreadableEntries } = job;
  const selected = outputNodeFiles && selectFiles(outputNodeFiles, files);
  return {
    job: summarize(job),
    inputFileIds: listCheck(files === 'none' ? null : inputFileIds, inputFileIds?.length, held.inputFileIds),
    outputNodeFiles: listCheck(selected, outputNodeFiles?.length, held.outputNodeFiles),
    ...(unreadableEntries !== undefined && { unreadableEntries }),
  };
}

function listCheck<T>(entries: T[] | null, total = 0, heldDigest?: string): ListCheck<T> {
  if (!entries) return null;
  const digest = createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 22);
  return digest === heldDigest ? { digest, total } : { digest, total, entries };
}
