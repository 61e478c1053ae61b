import type { DocumentRefusedDetails } from '../document';
import type { ApiErrorDetails, ApiErrorType } from '../errors';
import type { JobSummary } from '../job';
import type { TypedFailure } from '../typed-failure';

/** A start that may have been received, and that can't be told for certain from the job list. It was sent once and is not sent again. */
export interface StartUncertainDetails {
  /** When it was sent, ISO-8601, workflow time. */
  sentAt: string;
  /** What the answer was instead: failure type and message. */
  cause: { type: string; message: string };
  /** The token that the uploaded names carry; null without the option `startToken`. */
  token: string | null;
  /** Jobs that could be it. At most 100 entries and 32 KiB; the total stands beside it. Settle it by `resume: { ...details.run, jobId }`. */
  candidates: JobSummary[];
  candidatesTotal: number;
}

export interface WorkflowBusyDetails {
  workflowId: string;
  /** The API's sentence. */
  detail: string | null;
  /** Runs of the workflow that were seen in progress. */
  running: JobSummary[];
}

/** The failures that end a start. */
export interface StartFailureDetails extends Record<ApiErrorType, ApiErrorDetails> {
  UnstructuredStartUncertainError: StartUncertainDetails;
  UnstructuredWorkflowBusyError: WorkflowBusyDetails;
  UnstructuredDocumentRefusedError: DocumentRefusedDetails;
}

export type StartFailure = TypedFailure<StartFailureDetails>;

/** @param isWorkflow Whether the list was that of a workflow, with jobs that ended; on-demand jobs can only be listed while they last */
export function startUncertain(details: StartUncertainDetails, isWorkflow: boolean): StartFailure {
  const { cause, candidatesTotal: total, sentAt } = details;
  const seen = `${total === 0 ? 'no' : total} ${isWorkflow ? '' : 'queued or running '}job${total > 1 ? 's' : ''}`;
  return {
    type: 'UnstructuredStartUncertainError',
    message:
      `The start sent at ${sentAt} was not answered (${cause.type}: ${cause.message}) and may have started a job; ${seen} could be it, ` +
      `none for certain. It is not sent again: once you know its job, runJob takes it up by resume: { ...details.run, jobId }; ` +
      `once you know that there is none, start anew, a run under another key`,
    details,
  };
}

/** @param isPatient Whether the start waited for as long as launchBudget allows */
export function workflowBusy(details: WorkflowBusyDetails, isPatient: boolean): StartFailure {
  const advice = isPatient
    ? 'the option launchBudget, which is used up, says how long that may last'
    : 'the option whenBusy says what to do then';
  return {
    type: 'UnstructuredWorkflowBusyError',
    message: `Workflow ${details.workflowId} is running already and started no new job; ${advice}`,
    details,
  };
}
