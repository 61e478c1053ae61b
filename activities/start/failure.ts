import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { DocumentRefusedDetails, RefusedDocument } from '../../src/core/document';
import { cutList } from '../../src/core/encoded-size';
import { errorShape } from '../../src/core/error-shape';
import { type ApiErrorDetails, isNotNow } from '../../src/core/errors';
import { toApplicationFailure } from '../../src/common/failure';
import type { SeenBefore } from '../../src/core/start/request';
import { copyFailure, otherFailure } from '../support/failures';

/**
 * The failure of a start, with what was seen before it. Temporal may repeat it only where it was certainly not accepted, whatever the
 * caller's retry policy says: anything else could start a second job. Temporal's own time-outs are no failures of ours: only a policy of one
 * attempt keeps them from being repeated. A cancellation stays one: it proves that nothing was sent.
 */
export function startFailure(error: unknown, seen: SeenBefore): unknown {
  if (error instanceof CancelledFailure) return error;
  const { name, message } = errorShape(error);
  const failure = error instanceof ApplicationFailure ? error : otherFailure(name, message);
  const [first] = failure.details ?? [];
  const api = first as ApiErrorDetails | null | undefined;
  if (api?.notSent || api?.incomplete || (api && isNotNow(api))) return failure;
  return copyFailure(failure, {
    ...((seen.others || seen.skipped) && { details: [first ?? null, seen] }),
    nonRetryable: true,
    nextRetryDelay: undefined,
    category: undefined,
  });
}

/** Longest text of all refusals together. */
const MAX_MESSAGE = 2_000;

/** The failure that names every document that was refused, by what is known of the first one. */
export function documentsRefused(refused: readonly RefusedDocument[], total: number): ApplicationFailure {
  const messages = refused.map(({ index, message }) => `[${index}] ${message}`);
  const all = `${refused.length} of ${total} documents were refused: ${messages.join('; ')}`;
  const message = refused.length === 1 ? (refused[0]?.message ?? '') : all;
  const { ref = '', reason = 'notReadable', ...more } = refused[0] ?? {};
  const { index: _index, message: _message, ...answer } = more as Partial<RefusedDocument>;
  const details: DocumentRefusedDetails = {
    ref,
    reason,
    ...answer,
    refused: cutList(refused),
    refusedTotal: refused.length,
  };
  return toApplicationFailure({
    type: 'UnstructuredDocumentRefusedError',
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
    details,
  });
}
