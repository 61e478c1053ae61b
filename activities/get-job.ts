import { ApplicationFailure } from '@temporalio/common';
import { encodedBytes } from '../src/core/encoded-size';
import type { FileSelection, Job } from '../src/core/job';
import { tooLargeFailure } from '../src/core/wait/failure';
import { summarize, type HeldDigests, type JobCheck } from '../src/core/wait/job-check';
import { DEFAULT_WAIT_OPTIONS } from '../src/core/wait/options';
import { call, type ClientOf } from './call';
import { checkOf } from './job-check';

/** The one operation that `getJob` needs. `UnstructuredClient` has it; a fake is ten lines. */
export interface GetJobPort {
  getJob(jobId: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Job>;
}

export interface GetJobInput {
  jobId: string;
  /** Account of the worker's plugin to ask with. @default the plugin's only account, or the one named `default` */
  account?: string;
}

/** Input of a check inside a wait: the answer leaves out the lists that the wait holds already. */
export interface CheckJobInput extends GetJobInput {
  held: HeldDigests;
  files: FileSelection;
  maxResultBytes: number;
}

/** The longest pause that a check inside a wait makes by itself: a longer one is the wait's own, which shows it. */
const LONGEST_PAUSE_MS = 30_000;

/** The `getJob` activity over the narrowest port. */
export function createGetJob(clientOf: ClientOf<GetJobPort>, random: () => number = Math.random) {
  return function getJob(input: GetJobInput | CheckJobInput): Promise<Job | JobCheck> {
    const longestPauseMs = 'held' in input ? LONGEST_PAUSE_MS : Infinity;
    const ask = async (context: { signal: AbortSignal; timeoutMs: number }) =>
      answer(await clientOf(input.account).getJob(input.jobId, context), input);
    return call(ask, { random, longestPauseMs });
  };
}

/** Refuses an answer that Temporal's server would not take: above 2 MB it fails without a usable type, above 4 MB it loops in silence. */
function answer(job: Job, input: GetJobInput | CheckJobInput): Job | JobCheck {
  const check = 'held' in input ? input : undefined;
  const result = check ? checkOf(job, check) : job;
  const bytes = encodedBytes(result);
  const maxBytes = check?.maxResultBytes ?? DEFAULT_WAIT_OPTIONS.maxResultBytes;
  if (bytes <= maxBytes) return result;
  const failure = tooLargeFailure({
    jobId: job.id,
    job: summarize(job),
    bytes,
    maxBytes,
    files: check?.files ?? 'all',
    outputNodeFilesTotal: job.outputNodeFiles?.length ?? 0,
  });
  throw ApplicationFailure.create({ ...failure, details: [failure.details], nonRetryable: true });
}
