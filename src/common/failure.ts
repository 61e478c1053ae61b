import {
  ActivityFailure,
  ApplicationFailure,
  type ApplicationFailureCategory,
  CancelledFailure,
  ChildWorkflowFailure,
  type Duration,
  TimeoutFailure,
} from '@temporalio/common';
import { type ApiErrorDetails, type ApiErrorType, ERROR_KINDS, type UnstructuredError } from '../core/errors';
import type { BatchFailureDetails } from '../core/batch/failure';
import type { RunFailureDetails } from '../core/run/failure';
import type { StoredPart } from '../core/run/result';
import type { ResumedRun } from '../core/run/resume';
import type { StartFailureDetails } from '../core/start/failure';
import type { TypedFailure } from '../core/typed-failure';
import { isObject } from '../core/values';
import type { CheckFailedDetails, WaitFailureDetails } from '../core/wait/failure-details';

/** The API's answer, or the fact that none came. If it ended a wait, the details also contain the job as the wait last saw it. */
type ApiFailureDetails = Record<ApiErrorType, ApiErrorDetails & Partial<CheckFailedDetails>>;

/** Details by failure type: the first entry of an ApplicationFailure's `details`. */
export interface UnstructuredFailureDetails
  extends
    ApiFailureDetails,
    Omit<WaitFailureDetails, ApiErrorType>,
    Omit<StartFailureDetails, ApiErrorType>,
    RunFailureDetails,
    BatchFailureDetails {}

export type UnstructuredFailureType = keyof UnstructuredFailureDetails;

/** A failure of this package, discriminated by `type`, with typed details. */
export type UnstructuredFailure = {
  [T in UnstructuredFailureType]: {
    type: T;
    message: string;
    /**
     * The failure of a run also contains `run`: pass it as `resume` to resume the run. The failure of a job of a batch also contains its
     * part of the manifest.
     */
    details: UnstructuredFailureDetails[T] & { run?: ResumedRun; part?: StoredPart };
    cause: ApplicationFailure;
  };
}[UnstructuredFailureType];

/** Every failure type, and whether Temporal retries an activity that ends with it. */
export const FAILURE_TYPES: Readonly<Record<UnstructuredFailureType, { retryable: boolean }>> = Object.freeze({
  ...(Object.fromEntries(Object.values(ERROR_KINDS).map(({ type, retryable }) => [type, { retryable }])) as Record<
    ApiErrorType,
    { retryable: boolean }
  >),
  UnstructuredUnreachableError: { retryable: false },
  UnstructuredJobFailedError: { retryable: false },
  UnstructuredJobStoppedError: { retryable: false },
  UnstructuredJobTimeoutError: { retryable: false },
  UnstructuredJobPartiallyFailedError: { retryable: false },
  UnstructuredOutputListTooLargeError: { retryable: false },
  UnstructuredStartUncertainError: { retryable: false },
  UnstructuredWorkflowBusyError: { retryable: false },
  UnstructuredDocumentRefusedError: { retryable: false },
  UnstructuredTransferError: { retryable: false },
  UnstructuredBatchFailedError: { retryable: false },
});

interface ApplicationFailureOptions {
  /** Delay before the activity is retried. Ignored if it is not retried. */
  nextRetryDelay?: Duration | undefined;
  /** @default as the error says; a failure that is not an error of the client is not retried */
  nonRetryable?: boolean | undefined;
  category?: ApplicationFailureCategory | undefined;
  cause?: Error | undefined;
}

/**
 * Makes an ApplicationFailure of a public type from an error of this package, or from a failure that ends a wait, a start or a run. All are made
 * here.
 */
export function toApplicationFailure(
  failure: UnstructuredError | TypedFailure<UnstructuredFailureDetails>,
  { nextRetryDelay, nonRetryable, ...options }: ApplicationFailureOptions = {},
): ApplicationFailure {
  const { type, message, details } = failure;
  const retryable = 'retryable' in failure && failure.retryable;
  return create({
    type,
    message,
    details: [details],
    nonRetryable: nonRetryable ?? !retryable,
    nextRetryDelay: retryable ? nextRetryDelay : undefined,
    ...options,
  });
}

/** A failure without a public type and without details. It is retried by default. */
export function otherFailure(
  type: string,
  message: string,
  options: ApplicationFailureOptions = {},
): ApplicationFailure {
  return create({ type, message, ...options });
}

/** Copies a failure with changes. A change to `undefined` removes the value. */
export function copyFailure(
  { type, message, details, nonRetryable, nextRetryDelay, category, cause }: ApplicationFailure,
  changes: ApplicationFailureOptions & { message?: string; details?: unknown[] | undefined },
): ApplicationFailure {
  return create({ type, message, details, nonRetryable, nextRetryDelay, category, cause, ...changes });
}

type FailureFields = Partial<Omit<ApplicationFailure, 'name' | 'stack' | 'failure'>>;

/** Makes every ApplicationFailure of this package. */
function create(fields: FailureFields): ApplicationFailure {
  const { message, type, nonRetryable, details, cause, nextRetryDelay, category } = fields;
  return new ApplicationFailure(message, type, nonRetryable ?? false, details, cause, nextRetryDelay, category);
}

/**
 * Finds the failure of this package behind an error, through ActivityFailure, ChildWorkflowFailure and WorkflowFailedError.
 *
 * @returns undefined if there is none, for a cancellation, and for a failure without details, which is not from this package
 * @example
 * const failure = unstructuredFailure(err);
 * if (failure?.type === 'UnstructuredJobTimeoutError') console.log(failure.details.limit);
 */
export function unstructuredFailure(error: unknown): UnstructuredFailure | undefined {
  const cause = causes(error).find((e) => e instanceof ApplicationFailure && isOurs(e.type));
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const details: unknown = cause.details?.[0];
  if (typeof details !== 'object' || details === null) return undefined;
  return { type: cause.type, message: cause.message, details, cause } as UnstructuredFailure;
}

/** Type of the time-out, such as `START_TO_CLOSE`, if an activity's failure is a Temporal time-out without an ApplicationFailure behind it. */
export function bareTimeoutType(error: unknown): string | undefined {
  const chain = causes(error);
  const timeout = chain.find((e) => e instanceof TimeoutFailure);
  if (!timeout || chain.some((e) => e instanceof ApplicationFailure)) return undefined;
  return timeout.timeoutType;
}

/** The failure below the wrappers that Temporal puts around it. */
export function innerFailure(error: unknown): Error {
  const inner = causes(error).find((e) => !(e instanceof ActivityFailure) && !(e instanceof ChildWorkflowFailure));
  return inner ?? new Error(String(error));
}

function isOurs(type: string | null | undefined): type is UnstructuredFailureType {
  return typeof type === 'string' && Object.hasOwn(FAILURE_TYPES, type);
}

/** An error and its causes, outermost first, up to the first cancellation. */
function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let e = error; isObject(e) && chain.length < 20; e = (e as Error).cause) {
    if (e instanceof CancelledFailure) break;
    chain.push(e as Error);
  }
  return chain;
}
