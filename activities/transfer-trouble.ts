import { ApplicationFailure } from '@temporalio/common';
import { UnstructuredError } from '../src/core/errors';
import type { ErrorKind } from '../src/core/error-kind';
import type { LostOutput } from '../src/core/output';
import { retryDelayMs } from '../src/core/retry-delay';
import type { CollectItem } from '../src/core/run/collect';

/** What a transfer failed with. */
export type Trouble = unknown;

/** How often one attempt of the activity tries one output. */
export const TRIES = 2;

/** How long attempts are repeated: for the service to come back, and for what may be about one output alone. */
const PATIENCE = { outageMs: 12 * 3_600_000, outputMs: 120_000 };

const OUTAGE: readonly ErrorKind[] = ['connection', 'server', 'timeout', 'rateLimit'];
const CREDENTIALS: readonly ErrorKind[] = ['authentication', 'paymentRequired', 'permission'];

/** Of an output that was left alone since the service is out. */
export const NOT_TRIED = new Error('the service was out before its turn came');

/** Trouble of the service as a whole: the outputs after it would fare no better. */
export function isOutage(trouble: Trouble): boolean {
  return trouble === NOT_TRIED || (trouble instanceof UnstructuredError && OUTAGE.includes(trouble.details.kind));
}

/** Trouble that concerns all outputs alike, and does not pass. */
export function isOver(trouble: Trouble): boolean {
  if (trouble instanceof ApplicationFailure) return trouble.nonRetryable === true;
  return trouble instanceof UnstructuredError && CREDENTIALS.includes(trouble.details.kind);
}

/** A 404 may pass, too: outputs were seen to come a moment after COMPLETED. */
export function mayPass(trouble: Trouble, elapsedMs = 0): boolean {
  if (isOutage(trouble)) return elapsedMs < PATIENCE.outageMs;
  const isFinal = trouble instanceof UnstructuredError && !trouble.retryable && trouble.details.kind !== 'notFound';
  return !isFinal && elapsedMs < PATIENCE.outputMs;
}

export function pauseMs(tries: number, trouble: Trouble): number {
  const hint = trouble instanceof UnstructuredError ? trouble.details.retryAfterMs : undefined;
  return retryDelayMs(tries, hint, Math.random());
}

export function lostOf(jobId: string, { fileId, nodeId }: CollectItem, trouble: Trouble): LostOutput {
  const { name, message } = trouble instanceof Error ? trouble : new Error(String(trouble));
  return { jobId, fileId, nodeId, type: name, message: message.slice(0, 300) };
}
