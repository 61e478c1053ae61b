import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import type { DocumentRefusedDetails, RefusedDocument } from '../../src/core/refusal';
import { errorShape } from '../../src/core/error-shape';
import { type ApiErrorDetails, isNotNow } from '../../src/core/errors';
import { copyFailure, otherFailure, toApplicationFailure } from '../../src/common/failure';
import { isCredentialRefused } from '../../src/core/start/certainty';
import { documentsRefused as refusedFailure } from '../../src/core/start/failure';
import type { SeenBefore } from '../../src/core/start/request';

/**
 * The failure of a start, with what was seen before the send. Temporal may retry it only if the start was certainly not accepted, whatever the
 * caller's retry policy says: any other retry could start a second job. Temporal's own time-outs are not failures of this package. Only a policy of
 * one attempt keeps them from being retried. A cancellation is returned unchanged: it proves that nothing was sent.
 *
 * The rule about retries applies only to starts, so it is here. `src/common/failure.ts` makes the failure.
 * @param benign Whether a failure after which the caller may send the start again appears in no log and no failure metric
 */
export function startFailure(error: unknown, seen: SeenBefore, benign = false): unknown {
  if (error instanceof CancelledFailure) return error;
  const { name, message } = errorShape(error);
  const failure = error instanceof ApplicationFailure ? error : otherFailure(name, message);
  const [first] = failure.details ?? [];
  const details = [first ?? null, seen];
  const category = benign ? ApplicationFailureCategory.BENIGN : undefined;
  const api = first as ApiErrorDetails | null | undefined;
  if (api?.notSent || api?.incomplete || (api && isNotNow(api)))
    return copyFailure(failure, { ...(seen.broken && { details }), category });
  const isRepeated = isCredentialRefused({ refusal: first as DocumentRefusedDetails | undefined });
  return copyFailure(failure, {
    ...((seen.earlierJobIds || seen.skipped) && { details }),
    nonRetryable: true,
    nextRetryDelay: undefined,
    category: isRepeated ? category : undefined,
  });
}

/** The failure that names every refused document. Its other details are those of the first one. */
export function documentsRefused(refused: readonly RefusedDocument[], total: number): ApplicationFailure {
  return toApplicationFailure(refusedFailure(refused, total));
}
