import { workflowInfo } from '@temporalio/workflow';

/** Whether to continue as new: the server suggests it, or the history has at least this many events. */
export function isHistoryLong(afterEvents: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= afterEvents;
}
