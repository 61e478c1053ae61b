import type { FileSelection } from '../job';
import type { AttributeNames } from './attributes';

/** What to do with the job where the wait ends before it. */
export const REMOTE_POLICIES = ['leave', 'cancel'] as const;
export type RemotePolicy = (typeof REMOTE_POLICIES)[number];

/** What to do about failed documents of a COMPLETED job. */
export const FAILED_FILES_POLICIES = ['return', 'fail', 'off'] as const;
export type FailedFilesPolicy = (typeof FAILED_FILES_POLICIES)[number];

/**
 * How a wait behaves, as callers write it. `D` is a Temporal `Duration`: milliseconds or a string such as `'6 hours'`.
 * All times are workflow time.
 */
export interface WaitOptionsInput<D = number | string> {
  /**
   * Which output node files the result holds: every node's, each file's last node, or none (for jobs that deliver to a destination).
   * @default 'all'
   */
  files?: FileSelection | undefined;
  /** Longest time that the job may be seen SCHEDULED; in a wait for a job that is not there yet, its absence counts, too. @default none */
  queueLimit?: D | undefined;
  /** Longest time that the job may be seen IN_PROGRESS. @default none */
  runLimit?: D | undefined;
  /** Longest time for the whole wait, the question which documents failed included. @default none */
  totalLimit?: D | undefined;
  /**
   * Longest time that a job may be IN_PROGRESS while the counts of its files at each node stay the same. Files are counted with each eighth of
   * it (1 minute at least), at its half and at its end, by one more call of the API; one that brings no counts is no evidence. @default none
   */
  stallLimit?: D | undefined;
  /** Shortest gap between two checks; at least 1 second. @default '10 seconds' */
  minimumGap?: D | undefined;
  /** Longest gap while the job runs. @default '60 seconds' */
  maximumGap?: D | undefined;
  /** Longest gap while the job is queued. @default '5 minutes' */
  queuedMaximumGap?: D | undefined;
  /** The gap as a fraction of the time that the job has been queued or running: above 0, at most 1. @default 0.1 */
  gapFraction?: number | undefined;
  /**
   * Largest random lengthening of a gap, also at its bounds, as a fraction of it: 0 to 1. From a hash of the job's id and the check's number.
   * @default 0.1
   */
  gapJitter?: number | undefined;
  /** A fixed gap instead of the schedule, for jobs whose end somebody signals. @default none */
  safetyGap?: D | undefined;
  /** How long a job that was never seen may be answered with 404. @default '60 seconds' */
  notFoundGrace?: D | undefined;
  /** How long 401, 402 and 403 are tolerated once the job was seen, and for 3 checks in a row at least; 0 is not at all. @default '1 hour' */
  credentialBudget?: D | undefined;
  /**
   * How long a 4xx that nothing else stands for, such as 400, 410 or 422, is tolerated once the job was seen, and for 3 checks in a row at
   * least; 0 is not at all. @default '1 hour'
   */
  requestErrorBudget?: D | undefined;
  /** How long checks may fail without one success, and 10 in a row at least. @default '12 hours' */
  outageBudget?: D | undefined;
  /** How long nothing but unknown statuses may be seen, and in 10 checks in a row at least. @default '24 hours' */
  unknownStatusBudget?: D | undefined;
  /**
   * What becomes of the job when the caller cancels the wait: it is left alone, or the API is asked to stop it and the wait ends when it has.
   * @default 'leave'
   */
  onCancel?: RemotePolicy | undefined;
  /** The same for the queue, run, total and stall limit. @default 'leave' */
  onLimit?: RemotePolicy | undefined;
  /** How long a job that was asked to stop may take to be seen at an end; at most 1 hour. Looks are 5 seconds apart at least. @default '5 minutes' */
  confirmLimit?: D | undefined;
  /**
   * What a COMPLETED job's failed documents do: they are returned in the result, they end the wait as UnstructuredJobPartiallyFailedError, or
   * nobody asks for them, which saves one call of the API. @default 'return'
   */
  failedFiles?: FailedFilesPolicy | undefined;
  /** Largest result of the workflow, in bytes of its JSON. Temporal terminates a workflow that returns more than 2 MB. @default 1_572_864 */
  maxResultBytes?: number | undefined;
  /** Continue as new once the history has this many events, also where the server suggests it later or never. @default 1000 */
  continueAsNewAfterEvents?: number | undefined;
  /**
   * Whether the workflow's search attributes tell job, status, account, health and start of the wait, for lists of workflows; or by which
   * names, where some are others. They must be registered in the namespace: where they are not, the wait says so and goes on. An inline wait
   * leaves those of its workflow alone. @default none
   */
  searchAttributes?: boolean | Partial<AttributeNames> | undefined;
}

/** Options after the check: milliseconds, every default filled in, plain data. */
export interface WaitOptions {
  version: 1;
  files: FileSelection;
  queueLimit: number | null;
  runLimit: number | null;
  totalLimit: number | null;
  stallLimit: number | null;
  minimumGap: number;
  maximumGap: number;
  queuedMaximumGap: number;
  gapFraction: number;
  gapJitter: number;
  safetyGap: number | null;
  notFoundGrace: number;
  credentialBudget: number;
  requestErrorBudget: number;
  outageBudget: number;
  unknownStatusBudget: number;
  onCancel: RemotePolicy;
  onLimit: RemotePolicy;
  confirmLimit: number;
  failedFiles: FailedFilesPolicy;
  maxResultBytes: number;
  continueAsNewAfterEvents: number;
  searchAttributes: AttributeNames | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * What stands for an option that is not given until a history holds another value: the first check takes the resolved options along, its
 * answer brings them back, and from then on they hold, in every replay. Histories depend on these values: never change one.
 */
export const INITIAL_WAIT_OPTIONS: Readonly<WaitOptions> = Object.freeze({
  version: 1,
  files: 'all',
  queueLimit: null,
  runLimit: null,
  totalLimit: null,
  stallLimit: null,
  minimumGap: 10 * SECOND,
  maximumGap: MINUTE,
  queuedMaximumGap: 5 * MINUTE,
  gapFraction: 0.1,
  gapJitter: 0.1,
  safetyGap: null,
  notFoundGrace: MINUTE,
  credentialBudget: HOUR,
  requestErrorBudget: HOUR,
  outageBudget: 12 * HOUR,
  unknownStatusBudget: DAY,
  onCancel: 'leave',
  onLimit: 'leave',
  confirmLimit: 5 * MINUTE,
  failedFiles: 'return',
  maxResultBytes: 1_572_864,
  continueAsNewAfterEvents: 1_000,
  searchAttributes: null,
});

/** The defaults, in milliseconds where they are durations. One that is to be another than at first is named here: free to change. */
export const DEFAULT_WAIT_OPTIONS: Readonly<WaitOptions> = Object.freeze({ ...INITIAL_WAIT_OPTIONS });
