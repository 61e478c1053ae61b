import { ApplicationFailure } from '@temporalio/common';
import type { ApplicationFailureOptions } from '../../src/common/failure';

/** A failure that is none of the public failure types, and has no details. By default it is retried. */
export function otherFailure(
  type: string,
  message: string,
  options: ApplicationFailureOptions = {},
): ApplicationFailure {
  return ApplicationFailure.create({ type, message, ...options });
}

/** The same failure but for the changes; one of `undefined` takes away what was there. */
export function copyFailure(
  failure: ApplicationFailure,
  changes: ApplicationFailureOptions & { message?: string; details?: unknown[] },
): ApplicationFailure {
  const { type, message, details, nonRetryable, nextRetryDelay, category, cause } = failure;
  return ApplicationFailure.create({
    type: type ?? undefined,
    message,
    details: details ?? undefined,
    nonRetryable: nonRetryable ?? undefined,
    nextRetryDelay: nextRetryDelay ?? undefined,
    category: category ?? undefined,
    cause,
    ...changes,
  });
}
