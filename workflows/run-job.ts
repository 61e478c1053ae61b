import { setCurrentDetails, setHandler, setWorkflowOptions, upsertMemo, workflowInfo } from '@temporalio/workflow';
import { checkNow, type CheckNow, runProgress, transfer } from '../src/common/messages';
import { RUN_MEMO } from '../src/core/names';
import { filesToAwait, type RunJobInput, waitOptionsFor } from '../src/core/run/input';
import type { RunJobResult } from '../src/core/run/result';
import type { AwaitJobResult } from '../src/core/wait/report';
import { showingCounts } from '../src/core/wait/node-counts';
import { memoOfJob } from '../src/core/wait/join';
import { seenAtStart } from '../src/core/wait/observe';
import { continueRun } from './run/continue-run';
import { detailsOfRun } from './run/current-details';
import { deliver } from './run/deliver';
import { failureOfRun } from './run/failure';
import { takeUpRunBefore } from './run/join-run';
import { PlannedRun } from './batch/planned-run';
import {
  createRun,
  currentProgress,
  givenJob,
  type KnownJob,
  resumedRun,
  type Run,
  runQueue,
  startedJob,
  startedJobId,
} from './run/run';
import { runStart } from './run/start';
import { upsertRunAttributes } from './run/run-attributes';
import { isHistoryLong } from './support/history';
import { autoUpgrade } from './support/versioning';
import { onCheckNow, unlessHinted } from './wait/hints';
import { noteAttributesOfStart } from './wait/wait-attributes';
import { createWait, hasAsked, type Wait } from './wait/wait';
import { runWait } from './wait/wait-loop';

/**
 * Workflow that runs a job from documents to files: it starts the job, waits for it, identifies failed documents, and saves the outputs. A start is
 * sent once. If the run is cancelled, it cancels the job that it started, unless `onCancel` says otherwise.
 *
 * @returns one entry for each document, in input order
 * @throws ApplicationFailure with a type from the failure table. Once a start was sent, the details contain `run`: pass that as `resume`
 */
export async function runJob(input: RunJobInput): Promise<RunJobResult> {
  let run = createRun(input);
  const plannedRun = run.input.plannedJob && new PlannedRun(run.input.plannedJob);
  const changed = () => {
    setCurrentDetails(detailsOfRun(currentProgress(run), { result: run.result, outputs: run.input.outputs }));
    upsertRunAttributes(run);
  };
  setHandler(runProgress, () => currentProgress(run), { description: 'Phase, job and counts of the run' });
  setHandler(checkNow, (hint) => hintRun(run, hint), { description: 'Makes the run check its job at once' });
  setHandler(
    transfer,
    (progress) => {
      run.transfer = progress;
      changed();
    },
    { description: 'Counts of transferred files, sent by its activities' },
  );
  try {
    const { keyUsedBefore, resume, continued } = run.input;
    const before =
      keyUsedBefore && !resume && !continued ? await takeUpRunBefore(input, run.input, runQueue(run, changed)) : null;
    if (before) return before;
    const documents = await plannedRun?.begin(run, changed);
    if (documents) run = createRun({ ...input, documents });
    const known = await startOrTakeUp(run, input, changed);
    const wait = waitFor(run, known);
    const awaited = await awaitStartedJob(run, wait, input, changed);
    run.result = await deliver(run, { wait, known, awaited }, changed);
    return plannedRun ? await plannedRun.tell(run, run.result, changed) : run.result;
  } catch (error) {
    const failure = failureOfRun(error, run);
    throw plannedRun ? await plannedRun.tellFailure(run, failure, changed) : failure;
  } finally {
    run.isEnded = true;
    changed();
  }
}

setWorkflowOptions(autoUpgrade, runJob);

async function startOrTakeUp(run: Run, input: RunJobInput, changed: () => void): Promise<KnownJob> {
  if (run.input.resume && !workflowInfo().memo?.[RUN_MEMO]) note(run);
  if (!run.start) return givenJob(run.input.resume);
  const { start } = run;
  const before = start.state;
  const outcome = await runStart(start, {
    changed: () => {
      if (start.activity === 'sending') run.transfer = null; // this was the progress of an earlier send
      changed();
    },
    report: true,
    beforeStep: async () => {
      if (start.state === before || !isHistoryLong(run.input.continueAsNewAfterEvents)) return;
      await continueRun(run, input);
    },
    noted: () => note(run),
  });
  return startedJob(start, outcome);
}

/** Stores state for a run that resumes this one, in case this one ends without a failure of its own. Lists of workflows show the memo as well. */
function note(run: Run): void {
  const job = memoOfJob({ jobId: startedJobId(run) }, run.input.account);
  upsertMemo({ [RUN_MEMO]: resumedRun(run) ?? null, ...job });
}

function waitFor(run: Run, { jobId, knownFiles, startedByRun = false, answered }: KnownJob): Wait {
  const { continued, nodeCounts } = run.input;
  const wait = createWait({
    ...waitOptionsFor(run.input, startedByRun),
    files: filesToAwait(run.input),
    jobId,
    ...(knownFiles && { knownFiles }),
    ...(continued?.wait && { continued: continued.wait }),
  });
  if (answered && !continued?.wait) wait.state = seenAtStart(wait.state, answered.job, answered.sentAt, Date.now());
  if (nodeCounts) wait.state = showingCounts(wait.state);
  wait.state = { attributes: run.start?.state.attributes, ...wait.state };
  noteAttributesOfStart(wait);
  return (run.wait = wait);
}

function awaitStartedJob(run: Run, wait: Wait, input: RunJobInput, changed: () => void): Promise<AwaitJobResult> {
  const { state: before } = wait;
  return runWait(wait, {
    changed,
    pause: (begin, hintable) => unlessHinted(wait, begin, hintable),
    beforeStep: () => {
      const isLong = hasAsked(wait, before) && isHistoryLong(wait.options.continueAsNewAfterEvents);
      return isLong ? continueRun(run, input) : undefined;
    },
  });
}

/** Until the job is known, there is nothing to check. */
function hintRun({ wait }: Run, hint?: CheckNow): void {
  if (wait) onCheckNow(wait, hint);
}
