import { workflowInfo } from '@temporalio/workflow';

/** Whether it is time to continue as new: the server suggests it, or the history has this many events. */
export function isHistoryLong(afterEvents: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= afterEvents;
}
