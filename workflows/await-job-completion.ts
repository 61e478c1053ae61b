import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { AwaitJobResult } from '../src/core/wait/account';
import type { AwaitJobInput } from '../src/wait-input';
import { hinted } from '../src/core/wait/state';
import { durationToMs } from '../src/duration';
import { checkNow, progress, type CheckNow } from '../src/messages';
import { detailsOf, sleepSummary } from './current-details';
import { createWait, progressOfWait, runWait, type Wait } from './run-wait';

/**
 * Waits until a job of the Unstructured Platform API is terminal and returns it with its output node files. Survives crashes, continues as
 * new by itself, and can be started by a client, as a child, or from another language.
 *
 * @throws ApplicationFailure with a type from the failure table: UnstructuredJobFailedError, UnstructuredJobStoppedError,
 * UnstructuredJobTimeoutError, UnstructuredUnreachableError, UnstructuredOutputListTooLargeError, UnstructuredNotFoundError,
 * UnstructuredAuthenticationError, UnstructuredPaymentRequiredError, UnstructuredPermissionError, UnstructuredValidationError,
 * UnstructuredRequestError
 */
export async function awaitJobCompletion(input: AwaitJobInput): Promise<AwaitJobResult> {
  const wait = createWait(input);
  setHandler(progress, () => progressOfWait(wait), { description: 'What the wait has seen, and when it looks next' });
  setHandler(checkNow, (hint) => onCheckNow(wait, hint), { description: 'Check the job at once' });
  const checksBefore = wait.state.checks;
  return runWait(wait, {
    changed: () => setCurrentDetails(detailsOf(progressOfWait(wait))),
    sleep: (ms, hintable) => sleepOrHint(wait, ms, hintable),
    beforeStep: async () => {
      if (wait.state.checks > checksBefore && isHistoryLong(wait)) await continueWait(input, wait);
    },
  });
}

function isHistoryLong({ input }: Wait): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= input.options.continueAsNewAfterEvents;
}

async function continueWait(input: AwaitJobInput, wait: Wait): Promise<void> {
  await condition(allHandlersFinished);
  const {
    input: { options },
    state,
  } = wait; // only now: a handler may have changed it
  const { launchFiles, ...rest } = input;
  await continueAsNew<typeof awaitJobCompletion>({ ...rest, continued: { version: 1, options, state } });
}

async function sleepOrHint(wait: Wait, ms: number, hintable: boolean): Promise<void> {
  const scope = new CancellationScope();
  try {
    await scope.run(() => {
      const timer = sleep(ms, { summary: sleepSummary(wait.state) });
      return hintable ? Promise.race([timer, condition(() => wait.state.hints.pending)]) : timer;
    });
  } finally {
    scope.cancel();
  }
}

/** A handler must not fail the workflow: a hint that says something wrong still is a hint. */
function onCheckNow(wait: Wait, hint: CheckNow = {}): void {
  const { safetyGap } = (hint as CheckNow | null) ?? {};
  if (safetyGap === undefined || safetyGap === null) {
    wait.state = hinted(wait.state, { safetyGapMs: safetyGap });
    return;
  }
  const safetyGapMs = durationToMs(safetyGap);
  const good = safetyGapMs !== undefined && safetyGapMs >= 1_000 && safetyGapMs <= 86_400_000;
  if (!good) log.warn('checkNow: safetyGap must be a duration from 1 second to 24 hours; it is ignored', { safetyGap });
  wait.state = hinted(wait.state, good ? { safetyGapMs } : {});
}
