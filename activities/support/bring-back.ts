import { ApplicationFailure } from '@temporalio/common';
import { isObject } from '../../src/core/values';

/**
 * Brings back the `options` that a workflow sends along, with the answer or as `details[1].options` with a failure: so they stand in its
 * history, and hold in every replay, whatever the defaults are then.
 */
export async function bringingBack(input: object, answering: () => Promise<unknown>): Promise<unknown> {
  const { options } = input as { options?: unknown };
  if (!isObject(options)) return answering();
  try {
    const answer = await answering();
    return isObject(answer) ? { ...answer, options } : answer;
  } catch (error) {
    throw error instanceof ApplicationFailure ? withOptions(error, options) : error;
  }
}

function withOptions(failure: ApplicationFailure, options: object): ApplicationFailure {
  const { type, message, nonRetryable, nextRetryDelay, category, cause } = failure;
  const [first = null, second, ...others] = failure.details ?? [];
  const details = [first, { ...(isObject(second) && second), options }, ...others];
  return ApplicationFailure.create({
    type: type ?? undefined,
    message,
    details,
    nonRetryable: nonRetryable ?? undefined,
    nextRetryDelay: nextRetryDelay ?? undefined,
    category: category ?? undefined,
    cause,
  });
}
