import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { RefusedDocument } from '../../src/core/refusal';
import { errorShape } from '../../src/core/error-shape';
import { type ApiErrorDetails, isNotNow } from '../../src/core/errors';
import { copyFailure, otherFailure, toApplicationFailure } from '../../src/common/failure';
import { documentsRefused as refusedFailure } from '../../src/core/start/failure';
import type { SeenBefore } from '../../src/core/start/request';

/**
 * The failure of a start, with what was seen before the send. Temporal may retry it only if the start was certainly not accepted, whatever the
 * caller's retry policy says: any other retry could start a second job. Temporal's own time-outs are not failures of this package. Only a policy of
 * one attempt keeps them from being retried. A cancellation is returned unchanged: it proves that nothing was sent.
 *
 * The rule about retries applies only to starts, so it is here. `src/common/failure.ts` makes the failure.
 */
export function startFailure(error: unknown, seen: SeenBefore): unknown {
  if (error instanceof CancelledFailure) return error;
  const { name, message } = errorShape(error);
  const failure = error instanceof ApplicationFailure ? error : otherFailure(name, message);
  const [first] = failure.details ?? [];
  const api = first as ApiErrorDetails | null | undefined;
  const details = [first ?? null, seen];
  if (api?.notSent || api?.incomplete || (api && isNotNow(api)))
    return seen.broken ? copyFailure(failure, { details }) : failure;
  return copyFailure(failure, {
    ...((seen.earlierJobIds || seen.skipped) && { details }),
    nonRetryable: true,
    nextRetryDelay: undefined,
    category: undefined,
  });
}

/** The failure that names every refused document. Its other details are those of the first one. */
export function documentsRefused(refused: readonly RefusedDocument[], total: number): ApplicationFailure {
  return toApplicationFailure(refusedFailure(refused, total));
}
