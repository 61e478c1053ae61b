import type { DocumentRefusedDetails, RefusedDocument } from '../refusal';
import { cutList } from '../encoded-size';
import type { ApiErrorDetails, ApiErrorType } from '../errors';
import type { JobSummary } from '../job';
import type { TypedFailure } from '../typed-failure';
import type { ListedJob } from './job-list';

/** A start that the service may have received, and whose job cannot be identified in the job list. It is not sent again. */
export interface StartUncertainDetails {
  /** When the start was sent, ISO-8601, workflow time. */
  sentAt: string;
  /** Why there is no answer: failure type and message. */
  cause: { type: string; message: string };
  /** Token in the uploaded names; null without the option `startToken`. */
  token: string | null;
  /**
   * Jobs that may come from the start. At most 100 entries and 32 KiB; `candidatesTotal` has the total. To settle the start, pass `resume: {
   * ...details.run, jobId }`.
   */
  candidates: ListedJob[];
  candidatesTotal: number;
  /** Statuses whose jobs could not be listed. One of those jobs may also come from the start. Empty if all were listed. */
  unlisted: string[];
  /** Number of entries of the lists that could not be read. Each of them may be the job of the start. */
  unreadableEntries: number;
}

/** A workflow of the API that is already running and started no new job. */
export interface WorkflowBusyDetails {
  workflowId: string;
  /** Text of the API's answer. */
  detail: string | null;
  /** Jobs of the workflow that were seen in progress. */
  running: JobSummary[];
}

/** The failures that end a start. */
export interface StartFailureDetails extends Record<ApiErrorType, ApiErrorDetails> {
  UnstructuredStartUncertainError: StartUncertainDetails;
  UnstructuredWorkflowBusyError: WorkflowBusyDetails;
  UnstructuredDocumentRefusedError: DocumentRefusedDetails;
}

export type StartFailure = TypedFailure<StartFailureDetails>;

/** @param isReset Whether the workflow was reset, so that it is unknown if an earlier run sent the start */
export function startUncertain(details: StartUncertainDetails, isReset: boolean): StartFailure {
  const { cause, candidatesTotal: total, sentAt, unlisted, unreadableEntries } = details;
  const seen = `${total === 0 ? 'no' : total} job${total > 1 ? 's' : ''}`;
  const notListed = unlisted.length > 0 ? ` (jobs that are ${unlisted.join(', ')} could not be listed)` : '';
  const notRead = unreadableEntries > 0 ? ` (${unreadableEntries} of the listed jobs could not be read)` : '';
  const unseen = notListed + notRead;
  const what = isReset
    ? `The workflow was reset, and an earlier run, since ${sentAt},`
    : `The start sent at ${sentAt} was not answered (${cause.type}: ${cause.message}) and`;
  return {
    type: 'UnstructuredStartUncertainError',
    message:
      `${what} may have started a job; ${seen} could be it, none for certain${unseen}. ` +
      `It is not sent again: once you know its job, pass resume: { ...details.run, jobId } to runJob; ` +
      `once you know that there is none, start again; a run needs another key`,
    details,
  };
}

/** @param isPatient Whether the start waited for as long as `startBudget` allows */
export function workflowBusy(details: WorkflowBusyDetails, isPatient: boolean): StartFailure {
  const advice = isPatient
    ? 'it was busy for longer than the option startBudget allows'
    : 'the option whenBusy says what to do in this case';
  return {
    type: 'UnstructuredWorkflowBusyError',
    message: `Workflow ${details.workflowId} is running already and started no new job; ${advice}`,
    details,
  };
}

/** Maximum length of the message for all refusals together. */
const MAX_MESSAGE = 2_000;

/** The failure that names every refused document. Its other details are those of the first one. */
export function documentsRefused(
  refused: readonly RefusedDocument[],
  total: number,
): TypedFailure<Pick<StartFailureDetails, 'UnstructuredDocumentRefusedError'>> {
  const messages = refused.map(({ index, message }) => `[${index}] ${message}`);
  const all = `${refused.length} of ${total} documents were refused: ${messages.join('; ')}`;
  const message = refused.length === 1 ? (refused[0]?.message ?? '') : all;
  const { ref = '', reason = 'notReadable', ...more } = refused[0] ?? {};
  const { index: _index, message: _message, ...answer } = more as Partial<RefusedDocument>;
  return {
    type: 'UnstructuredDocumentRefusedError',
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
    details: { ref, reason, ...answer, refused: cutList(refused), refusedTotal: refused.length },
  };
}
