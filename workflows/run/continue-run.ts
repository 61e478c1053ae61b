import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import { toApplicationFailure } from '../../src/common/failure';
import type { RunJobsInput } from '../../src/common/inputs';
import { encodedBytes } from '../../src/core/encoded-size';
import { MAX_CARRIED_BYTES, outputsTooLargeFailure } from '../../src/core/run/failure';
import type { ContinuedRun, RunJobInput } from '../../src/core/run/input';
import type { StartState } from '../../src/core/start/state';
import { tooLargeDetails } from '../../src/core/wait/failure';
import type { WaitState } from '../../src/core/wait/state';
import type { Wait } from '../wait/wait';
import type { Run } from './run';

/**
 * Continues the run with a fresh history.
 * @throws ApplicationFailure `UnstructuredOutputListTooLargeError` if the run would have to carry too much
 */
export async function continueRun(run: Run, input: RunJobInput): Promise<never> {
  await condition(allHandlersFinished);
  const { start, wait } = run;
  const waited = wait && { version: 1 as const, options: wait.options, state: wait.state };
  const given: RunJobInput = {
    ...input,
    ...(wait && input.resume && { resume: { ...input.resume, knownFiles: undefined } }),
  };
  const continued: ContinuedRun = {
    version: 1,
    start: start && (wait ? withoutFiles(start.state, wait.state) : start.state),
    ...(waited && { wait: waited }),
    ...(start && !start.proposed && { options: start.options }),
  };
  if (wait) withinCarried(wait, given, continued);
  return continueWith({ ...given, continued });
}

/**
 * Continues as new with the current memo. By default, Temporal carries only the memo of the start.
 * @param memo Further entries of the memo
 * @throws CancelledFailure if the workflow is cancelled, because the new run would not know about it
 */
export async function continueWith(
  input: RunJobInput | RunJobsInput,
  memo: Record<string, unknown> = {},
): Promise<never> {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The workflow was cancelled');
  return makeContinueAsNewFunc<(next: typeof input) => Promise<unknown>>({
    memo: { ...workflowInfo().memo, ...memo },
  })(input);
}

/** Fails if input and state are too large together. Before a job is seen, the only lists are those of the input, whose size was checked. */
function withinCarried(wait: Wait, given: RunJobInput, continued: ContinuedRun): void {
  const { job, outputNodeFiles } = wait.state;
  const bytes = encodedBytes({ ...given, continued });
  if (bytes <= MAX_CARRIED_BYTES || !job) return;
  const inputBytes = encodedBytes({ ...given, continued: undefined });
  const size = { bytes, maxBytes: MAX_CARRIED_BYTES, outputNodeFilesTotal: outputNodeFiles?.total ?? 0, inputBytes };
  throw toApplicationFailure(outputsTooLargeFailure(tooLargeDetails(wait, job, size, Date.now())));
}

/** Removes the lists that the wait carries. Input file ids stay until an answer has repeated them. */
function withoutFiles(state: StartState, { inputFileIds: held }: WaitState): StartState {
  const { startedJob } = state;
  if (!startedJob) return state;
  return {
    ...state,
    startedJob: { ...startedJob, outputNodeFiles: null, inputFileIds: held ? null : startedJob.inputFileIds },
  };
}
