import type { Job } from '../src/core/job';
import { LONGEST_PAUSE_MS } from '../src/core/retry-timing';
import type { JobCheck } from '../src/core/wait/job-check';
import type { WatchOffer } from '../src/core/wait/state';
import { resolveWaitOptions } from '../src/core/wait/resolve-options';
import { checkingInput } from './check-input';
import { type AnswerBounds, jobAnswer } from './support/job-answer';
import { type CallContext, type ClientOf, performActivity } from './support/perform-activity';
import type { CheckJobInput, GetJobInput } from './types';
import { offerFor } from './watch/watched-job';

/** The operation that `getJob` needs. `UnstructuredClient` implements it. */
export interface GetJobPort {
  getJob(jobId: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Job>;
}

/** Settings of the activity `getJob`. */
export interface GetJobSettings {
  /** Number from 0 to 1 that spreads the pauses between attempts. @default Math.random */
  random?: (() => number) | undefined;
  /** Returns the offer in the answer to a check. @default no offer */
  offer?: (() => Promise<WatchOffer | null>) | undefined;
}

/** Creates only the `getJob` activity. */
export function createGetJob(
  clientOf: ClientOf<GetJobPort>,
  { random = Math.random, offer = () => Promise.resolve(null) }: GetJobSettings = {},
): (input: GetJobInput | CheckJobInput) => Promise<Job | JobCheck> {
  const getJob = (input: GetJobInput | CheckJobInput) => {
    const longestPauseMs = 'held' in input ? LONGEST_PAUSE_MS : Infinity;
    const ask = async (context: CallContext) => {
      const bounds = answerBounds(input);
      const offered = 'held' in input ? offer().catch(() => null) : null; // in parallel, because it may ask Temporal
      const job = await clientOf(input.account).getJob(input.jobId, context);
      const answer = jobAnswer(job, bounds);
      const watch = offerFor(job.status, await offered);
      return watch ? { ...answer, watch } : answer;
    };
    return performActivity(ask, { random, longestPauseMs, benign: 'held' in input });
  };
  return checkingInput({ getJob }).getJob;
}

/** A wait has already checked its options. @throws UnstructuredValidationError naming the option and the value */
function answerBounds(input: GetJobInput | CheckJobInput): AnswerBounds {
  if ('held' in input) return input;
  const { files, maxResultBytes } = input;
  return resolveWaitOptions({ files, maxResultBytes }, () => undefined);
}
