import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { shapeOf } from '../../src/core/error-shape';
import type { ApiErrorDetails } from '../../src/core/errors';
import type { SeenBefore } from '../../src/core/start/request';

/**
 * The failure of a start, with what was seen before it. Temporal may repeat it only where it was certainly not accepted, whatever the
 * caller's retry policy says: anything else could start a second job. Temporal's own time-outs are no failures of ours: only a policy of one
 * attempt keeps them from being repeated. A cancellation stays one: it proves that nothing was sent.
 */
export function startFailure(error: unknown, seen: SeenBefore): unknown {
  if (error instanceof CancelledFailure) return error;
  const { name, message } = shapeOf(error);
  const failure = error instanceof ApplicationFailure ? error : ApplicationFailure.create({ type: name, message });
  const [first] = failure.details ?? [];
  const { notSent, kind } = (first ?? {}) as Partial<ApiErrorDetails>;
  if (notSent || kind === 'rateLimit') return failure;
  return ApplicationFailure.create({
    type: failure.type ?? undefined,
    message,
    details: seen.others ? [first ?? null, seen] : (failure.details ?? undefined),
    nonRetryable: true,
    cause: failure.cause,
  });
}
