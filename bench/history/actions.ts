import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The rule by which actions are counted here, as Temporal Cloud publishes it. */
export const ACTION_RULE =
  'One action each: a workflow start (by a client, a parent or continue-as-new), a timer started, an activity attempt, a signal. ' +
  'Queries count one each too; nobody queries here. Source: docs.temporal.io/cloud/actions.';

/** Billed actions of a history, by `ACTION_RULE`. Attempts of an activity beyond the last leave no event, only their number. */
export function countActions(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, event) => sum + actionsOfEvent(event), 0);
}

function actionsOfEvent(event: HistoryEvent): number {
  if (event.activityTaskStartedEventAttributes) return event.activityTaskStartedEventAttributes.attempt ?? 1;
  const isAction =
    event.workflowExecutionStartedEventAttributes ??
    event.timerStartedEventAttributes ??
    event.workflowExecutionSignaledEventAttributes;
  return isAction ? 1 : 0;
}
