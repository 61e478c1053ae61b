import type { FileSelection } from '../job';
import type { AttributeNames } from '../attributes';

/** What to do with the job if the wait ends before the job does. */
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
   * Which output node files the result contains: those of every node, of each file's last node (`'final'`), or none (for jobs that deliver
   * to a destination).
   * @default 'all'
   */
  files?: FileSelection | undefined;
  /**
   * Longest time that the job may be SCHEDULED. In a wait for a job that does not exist yet, the time before it appears counts as well.
   * @default none
   */
  queueLimit?: D | undefined;
  /** Longest time that the job may be IN_PROGRESS. @default none */
  runLimit?: D | undefined;
  /** Longest time for the whole wait, including the request for the failed documents. @default none */
  totalLimit?: D | undefined;
  /**
   * Longest time that a job may be IN_PROGRESS while the counts of its files at each node stay the same. Files are counted at every eighth of this
   * time (at least 1 minute apart), at its half and at its end, each time by one more call of the API. A failed count is no evidence of a stall.
   * @default none
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
   * Largest random extension of a gap, as a fraction of the gap: 0 to 1. It also applies at the bounds. It is derived from a hash of the
   * job id and the number of the check.
   * @default 0.1
   */
  gapJitter?: number | undefined;
  /** Fixed gap in place of the schedule, for jobs whose end is signalled. @default none */
  safetyGap?: D | undefined;
  /** How long a 404 is tolerated for a job that was never seen. @default '60 seconds' */
  notFoundGrace?: D | undefined;
  /**
   * How long 401, 402 and 403 are tolerated after the job was seen. At least 3 checks in a row must fail. 0 tolerates none.
   * @default '1 hour'
   */
  credentialBudget?: D | undefined;
  /**
   * How long any other 4xx, such as 400, 410 or 422, is tolerated after the job was seen. At least 3 checks in a row must fail. 0 tolerates
   * none.
   * @default '1 hour'
   */
  requestErrorBudget?: D | undefined;
  /**
   * How long checks may fail without one success, also where the kinds of errors alternate. At least 10 in a row must fail. A longer budget of
   * the last error's kind counts instead.
   * @default '12 hours'
   */
  outageBudget?: D | undefined;
  /** How long every status seen may be unknown. At least 10 checks in a row must see one. @default '24 hours' */
  unknownStatusBudget?: D | undefined;
  /**
   * What happens to the job when the wait is cancelled: `'leave'` it running, or `'cancel'`: ask the API to stop it, and end the wait once
   * it has stopped.
   * @default 'leave'
   */
  onCancel?: RemotePolicy | undefined;
  /** What happens to the job when the queue, run, total or stall limit passes: `'leave'` or `'cancel'`, as above. @default 'leave' */
  onLimit?: RemotePolicy | undefined;
  /**
   * How long the wait checks for the end of a job that it cancels; at most 1 hour. Checks are at least 5 seconds apart.
   * @default '5 minutes'
   */
  confirmLimit?: D | undefined;
  /**
   * How to handle failed documents of a COMPLETED job. `'return'` has them in the result. `'fail'` ends the wait with
   * UnstructuredJobPartiallyFailedError. `'off'` does not request them, which saves one call of the API.
   * @default 'return'
   */
  failedFiles?: FailedFilesPolicy | undefined;
  /** Largest result of the workflow, in bytes of its JSON. Temporal terminates a workflow that returns more than 2 MB. @default 1_572_864 */
  maxResultBytes?: number | undefined;
  /** Number of history events from which the workflow continues as new, even if the server does not suggest it yet. @default 1000 */
  continueAsNewAfterEvents?: number | undefined;
  /**
   * Whether to set search attributes with the job, its status, the account, the health and the start of the wait, run or batch. An object gives other
   * names for some of them. They must be registered in the namespace. If they are not, the workflow reports that and continues. An inline wait sets
   * none on its workflow.
   * @default none
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
 * The value of each option that is not given, until a history holds another value. The first check takes the resolved options along, and its answer
 * reports them back. From then on they apply, in every replay. Histories depend on these values: never change one.
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

/** The defaults; durations are in milliseconds. These may change: to change a default, name it here. */
export const DEFAULT_WAIT_OPTIONS: Readonly<WaitOptions> = Object.freeze({ ...INITIAL_WAIT_OPTIONS });
