import { setTimeout } from 'node:timers/promises';
import {
  type Client,
  type WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { durationToMs } from '../common/duration';
import type { KeyedRunInput, RunJobInput } from '../common/inputs';
import { RUN_JOB } from '../core/names';
import { checkKey, refuseRepeats, type RepeatOption } from '../core/run/check-input';
import { resolveRunInput } from '../core/run/input';
import { type EndedRun, MAX_TRIES, memoOfRun, refuseOtherRun, runToJoin, triedTooOften } from '../core/run/join';
import type { RunJobResult } from '../core/run/result';
import { mergeResumed } from '../core/run/resume';
import { describeRun, endOfRun, isUnderWay } from '../temporal/earlier-runs';
import { followChain } from './joined-handle';
import { type MoreStartOptions, startListed, toWorkflowClient } from './start-options';

/** Pause before a start is retried, in milliseconds; multiplied by the number of tries so far. */
const PAUSE_MS = 100;

/** Input of the run with its key, and options of the start of its workflow. */
export type StartRunJobOptions = KeyedRunInput & {
  /** Task queue of the run. Its workers must have the workflow `runJob`. */
  taskQueue: string;
  /** Further options of the workflow start, such as memo or search attributes. Options that would run it again are refused. */
  workflow?: Omit<MoreStartOptions, RepeatOption> | undefined;
};

/** Handle of a run that was started or joined. */
export type RunJobHandle = WorkflowHandleWithFirstExecutionRunId<(input: RunJobInput) => Promise<RunJobResult>>;

/**
 * Starts a run whose workflow id is the key, or joins the one in progress. A run that succeeded is not run again: the handle returns its
 * result. A run that failed is resumed with its job. None of these starts a second job while the namespace's retention keeps the earlier
 * run. For a new job, use a new key. Other documents, or another `start` or `account` than those of the earlier run, are refused. If that
 * run is in progress or succeeded, other `outputs` (except `parallel`), `failedFiles` or `onRefused` are refused, too, and another `whenBusy` if
 * one of the two is `'adopt'`. In a joined run, the limits, gaps, budgets and other policies of its starter apply.
 *
 * @returns the handle: `result()`, `query(runProgress)`, `signal(checkNow)`, `cancel()`
 * @throws UnstructuredValidationError naming the option and the value, or if other callers keep starting and ending runs of this key
 * @throws UnstructuredNotFoundError if an earlier run of the key was deleted, so that it is unknown whether it started a job
 */
export async function startRunJob(
  client: Client | WorkflowClient,
  { key, taskQueue, workflow, ...input }: StartRunJobOptions,
): Promise<RunJobHandle> {
  checkKey(key);
  refuseRepeats(workflow);
  resolveRunInput(input, durationToMs);
  const wanted = runToJoin(input);
  const workflows = toWorkflowClient(client);
  const start = async (earlier?: EndedRun) => {
    const resume = mergeResumed(earlier?.resume ?? null, input.resume);
    const taken = { ...input, ...(resume ? { resume } : earlier && { keyUsedBefore: true }) };
    const { account, searchAttributes } = resolveRunInput(taken, durationToMs);
    const handle = await startListed<(input: RunJobInput) => Promise<RunJobResult>>(
      workflows,
      RUN_JOB,
      {
        staticSummary: `Unstructured run ${key}`,
        ...workflow,
        memo: { ...workflow?.memo, ...memoOfRun(taken) },
        taskQueue,
        args: [taken],
        workflowId: key,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: earlier ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
      },
      searchAttributes,
      { account, jobId: resume?.jobId?.toLowerCase() },
    );
    const { memo, raw } = await describeRun(handle); // a workflow of another type may have the key
    refuseOtherRun(memo, wanted);
    return await followChain(workflows, handle, raw.workflowExecutionInfo?.firstRunId);
  };
  let earlier: EndedRun | undefined;
  for (let tries = 1; ; tries++) {
    try {
      return await start(earlier);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (tries === MAX_TRIES) throw triedTooOften(key);
      if (tries > 1) await setTimeout(PAUSE_MS * tries); // other callers may be doing the same
    }
    const latest = await describeRun(workflows.getHandle(key));
    const handle = workflows.getHandle<(input: RunJobInput) => Promise<RunJobResult>>(key, latest.runId);
    // If somebody else has started a run in the meantime, the next start joins it.
    const ended = isUnderWay(latest) ? undefined : await endOfRun(handle, wanted);
    if (ended?.status === 'completed') return Object.assign(handle, { firstExecutionRunId: latest.runId });
    earlier = ended;
  }
}
