import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { AwaitJobInput } from '../src/common/inputs';
import { checkNow, progress } from '../src/common/messages';
import type { AwaitJobResult } from '../src/core/wait/report';
import { lackingInMemo } from '../src/core/wait/join';
import { isHistoryLong } from './support/history';
import { autoUpgrade } from './support/versioning';
import { detailsText } from './wait/current-details';
import { onCheckNow, unlessHinted } from './wait/hints';
import { noteAttributesOfStart, upsertWaitAttributes } from './wait/wait-attributes';
import { createWait, hasAsked, progressOfWait, type Wait } from './wait/wait';
import { runWait } from './wait/wait-loop';

/**
 * Workflow that waits until a job of the Unstructured Platform API is terminal, and returns the job with its output node files. It survives crashes
 * and continues as new when its history gets long. A client, a parent workflow or a program in another language can start it.
 *
 * @throws ApplicationFailure with a type from the failure table: UnstructuredJobFailedError, UnstructuredJobStoppedError,
 * UnstructuredJobTimeoutError, UnstructuredJobPartiallyFailedError, UnstructuredUnreachableError, UnstructuredOutputListTooLargeError,
 * UnstructuredNotFoundError, UnstructuredAuthenticationError, UnstructuredPaymentRequiredError, UnstructuredPermissionError,
 * UnstructuredValidationError, UnstructuredRequestError
 */
export async function awaitJobCompletion(input: AwaitJobInput): Promise<AwaitJobResult> {
  const wait = createWait(input);
  noteAttributesOfStart(wait);
  setHandler(progress, () => progressOfWait(wait), {
    description: 'Status of the job, checks, errors, and the time of the next check',
  });
  setHandler(checkNow, (hint) => onCheckNow(wait, hint), { description: 'Makes the wait check its job at once' });
  const { state: before } = wait;
  return runWait(wait, {
    changed: () => {
      setCurrentDetails(detailsText(progressOfWait(wait)));
      noteJob(wait);
      upsertWaitAttributes(wait);
    },
    pause: (begin, hintable) => unlessHinted(wait, begin, hintable),
    beforeStep: () => {
      const isLong = hasAsked(wait, before) && isHistoryLong(wait.options.continueAsNewAfterEvents);
      return isLong ? continueWait(input, wait) : undefined;
    },
  });
}

setWorkflowOptions(autoUpgrade, awaitJobCompletion);

/** Shows the job in lists of workflows, which show memos. The functions of this package that start a wait set this memo at the start. */
function noteJob({ state, input }: Wait): void {
  const lacking = lackingInMemo(workflowInfo().memo, state, input.account);
  if (Object.keys(lacking).length > 0) upsertMemo(lacking);
}

/** Continues as new with the current memo. By default, Temporal carries only the memo of the start. */
async function continueWait(input: AwaitJobInput, wait: Wait): Promise<void> {
  await condition(allHandlersFinished);
  const { options, state } = wait; // read after the handlers have finished, because they may change it
  const { knownFiles, ...rest } = input;
  await makeContinueAsNewFunc<typeof awaitJobCompletion>({ memo: workflowInfo().memo })({
    ...rest,
    continued: { version: 1, options, state },
  });
}
