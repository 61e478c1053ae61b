import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import type { RunJobInput } from '../../src/core/run/input';
import type { StartState } from '../../src/core/start/state';
import type { WaitState } from '../../src/core/wait/state';
import type { Run } from './run';
import type { runJob } from '../run-job';

/** Goes on in a run of a fresh history. */
export async function continueRun({ start, wait, nodes }: Run, input: RunJobInput): Promise<never> {
  await condition(allHandlersFinished);
  const waited = wait && { version: 1 as const, options: wait.input.options, state: wait.state };
  return continueAsNew<typeof runJob>({
    ...input,
    ...(wait && input.resume && { resume: { ...input.resume, launchFiles: undefined } }),
    continued: {
      version: 1,
      start: start && (wait ? withoutFiles(start.state, wait.state) : start.state),
      ...(waited && { wait: waited }),
      ...(nodes && { nodes }),
    },
  });
}

/** The wait carries them, but for input ids that no answer told again. */
function withoutFiles(state: StartState, { inputFileIds: held }: WaitState): StartState {
  const { launched } = state;
  if (!launched) return state;
  return {
    ...state,
    launched: { ...launched, outputNodeFiles: null, inputFileIds: held ? null : launched.inputFileIds },
  };
}
