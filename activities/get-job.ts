import { createHash } from 'node:crypto';
import { toApplicationFailure } from '../src/common/failure';
import { encodedBytes } from '../src/core/encoded-size';
import { type FileSelection, type Job, selectFiles, summarize } from '../src/core/job';
import { LONGEST_PAUSE_MS } from '../src/core/retry-timing';
import { tooLargeFailure } from '../src/core/wait/failure';
import type { HeldDigests, JobCheck, ListCheck } from '../src/core/wait/job-check';
import type { WaitOptions } from '../src/core/wait/options';
import { resolveWaitOptions } from '../src/core/wait/resolve-options';
import { checkingInput } from './check-input';
import { type CallContext, type ClientOf, performActivity } from './support/perform-activity';
import type { CheckJobInput, GetJobInput } from './types';

/** The one operation that `getJob` needs. `UnstructuredClient` has it; a fake is ten lines. */
export interface GetJobPort {
  getJob(jobId: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Job>;
}

/** The `getJob` activity over the narrowest port. */
export function createGetJob(
  clientOf: ClientOf<GetJobPort>,
  random: () => number = Math.random,
): (input: GetJobInput | CheckJobInput) => Promise<Job | JobCheck> {
  const getJob = (input: GetJobInput | CheckJobInput) => {
    const longestPauseMs = 'held' in input ? LONGEST_PAUSE_MS : Infinity;
    const ask = async (context: CallContext) => {
      const bounds = sizeBounds(input);
      return answer(await clientOf(input.account).getJob(input.jobId, context), input, bounds);
    };
    return performActivity(ask, { random, longestPauseMs, benign: 'held' in input });
  };
  return checkingInput({ getJob }).getJob;
}

type Bounds = Pick<WaitOptions, 'files' | 'maxResultBytes'>;

/** A wait has checked its own. @throws UnstructuredValidationError naming the option and the value */
function sizeBounds(input: GetJobInput | CheckJobInput): Bounds {
  if ('held' in input) return input;
  const { files, maxResultBytes } = input;
  return resolveWaitOptions({ files, maxResultBytes }, () => undefined);
}

/** Refuses an answer that Temporal's server would not take: above 2 MB it fails without a usable type, above 4 MB it loops in silence. */
function answer(job: Job, input: GetJobInput | CheckJobInput, { files, maxResultBytes }: Bounds): Job | JobCheck {
  const result = 'held' in input ? toJobCheck(job, { held: input.held, files }) : selected(job, files);
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
