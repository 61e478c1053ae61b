import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { RefusedDocument } from '../../src/core/refusal';
import { errorShape } from '../../src/core/error-shape';
import { type ApiErrorDetails, isNotNow } from '../../src/core/errors';
import { copyFailure, otherFailure, toApplicationFailure } from '../../src/common/failure';
import { documentsRefused as refusedFailure } from '../../src/core/start/failure';
import type { SeenBefore } from '../../src/core/start/request';

/**
 * The failure of a start, with what was seen before it. Temporal may repeat it only where it was certainly not accepted, whatever the
 * caller's retry policy says: anything else could start a second job. Temporal's own time-outs are not failures of ours: only a policy of one
 * attempt keeps them from being repeated. A cancellation stays one: it proves that nothing was sent.
 *
 * What may be repeated is a rule of starts alone, so it stands here; what makes the failure is in `src/common/failure.ts`.
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

/** The failure that names every document that was refused, by what is known of the first one. */
export function documentsRefused(refused: readonly RefusedDocument[], total: number): ApplicationFailure {
  return toApplicationFailure(refusedFailure(refused, total));
}
