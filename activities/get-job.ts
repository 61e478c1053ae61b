import { ApplicationFailure } from '@temporalio/common';
import { encodedBytes } from '../src/core/encoded-size';
import { selectFiles, type FileSelection, type Job } from '../src/core/job';
import { LONGEST_PAUSE_MS } from '../src/core/retry-delay';
import { tooLargeFailure } from '../src/core/wait/failure';
import { summarize, type HeldDigests, type JobCheck } from '../src/core/wait/job-check';
import type { WaitOptions } from '../src/core/wait/options';
import { resolveWaitOptions } from '../src/core/wait/resolve-options';
import { call, type CallContext, type ClientOf } from './call';
import { checkOf } from './job-check';
import { checkingInput } from './checked-input';

/** The one operation that `getJob` needs. `UnstructuredClient` has it; a fake is ten lines. */
export interface GetJobPort {
  getJob(jobId: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Job>;
}

export interface GetJobInput {
  jobId: string;
  /** Account of the worker's plugin to ask with. @default the plugin's only account, or the one named `default` */
  account?: string;
  /** Which output node files to return: every node's, each file's last node, or none, and then no input file ids either. @default 'all' */
  files?: FileSelection;
  /** Largest answer, in bytes of its JSON. Temporal refuses one of more than 2 MB. @default 1572864 */
  maxResultBytes?: number;
}

/** Input of a check inside a wait: the answer leaves out the lists that the wait holds already. */
export interface CheckJobInput extends GetJobInput {
  held: HeldDigests;
  files: FileSelection;
  maxResultBytes: number;
  /** Options of the wait, which the first check takes along and its answer, or its failure, brings back. */
  options?: WaitOptions;
}

/** The `getJob` activity over the narrowest port. */
export function createGetJob(
  clientOf: ClientOf<GetJobPort>,
  random: () => number = Math.random,
): (input: GetJobInput | CheckJobInput) => Promise<Job | JobCheck> {
  const getJob = (input: GetJobInput | CheckJobInput) => {
    const longestPauseMs = 'held' in input ? LONGEST_PAUSE_MS : Infinity;
    const ask = async (context: CallContext) => {
      const bounds = boundsOf(input);
      return answer(await clientOf(input.account).getJob(input.jobId, context), input, bounds);
    };
    return call(ask, { random, longestPauseMs });
  };
  return checkingInput({ getJob }).getJob;
}

type Bounds = Pick<WaitOptions, 'files' | 'maxResultBytes'>;

/** A wait has checked its own. @throws UnstructuredValidationError naming the option and the value */
function boundsOf(input: GetJobInput | CheckJobInput): Bounds {
  if ('held' in input) return input;
  const { files, maxResultBytes } = input;
  return resolveWaitOptions({ files, maxResultBytes }, () => undefined);
}

/** Refuses an answer that Temporal's server would not take: above 2 MB it fails without a usable type, above 4 MB it loops in silence. */
function answer(job: Job, input: GetJobInput | CheckJobInput, { files, maxResultBytes }: Bounds): Job | JobCheck {
  const result = 'held' in input ? checkOf(job, { held: input.held, files }) : selected(job, files);
  const bytes = encodedBytes(result);
  if (bytes <= maxResultBytes) return result;
  const failure = tooLargeFailure({
    jobId: job.id,
    job: summarize(job),
    bytes,
    maxBytes: maxResultBytes,
    files,
    outputNodeFilesTotal: job.outputNodeFiles?.length ?? 0,
  });
  throw ApplicationFailure.create({ ...failure, details: [failure.details], nonRetryable: true });
}

function selected(job: Job, files: FileSelection): Job {
  const { inputFileIds, outputNodeFiles } = job;
  return {
    ...job,
    inputFileIds: files === 'none' ? null : inputFileIds,
    outputNodeFiles: outputNodeFiles && selectFiles(outputNodeFiles, files),
  };
}
