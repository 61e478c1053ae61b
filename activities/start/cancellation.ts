import { errorMessage } from '../../src/core/error-shape';
import { createUnstructuredError } from '../../src/core/errors';
import { isObject } from '../../src/core/values';

/** A cancellation that, once something is sent, counts only if Temporal no longer waits for the answer. */
export interface StartCancellation {
  signal: AbortSignal;
  /** From now on, only the answer shows what was started. An attempt that Temporal still waits for continues to its end. */
  onSending: () => void;
}

/** Temporal gave up the attempt. A job that it starts now would appear after the search for the job. */
const GIVEN_UP: readonly string[] = ['TIMED_OUT', 'NOT_FOUND'];

/** Reasons that end only an attempt. The SDK reports them by failures that do not say whether anything was sent. */
const INTERRUPTIONS: Readonly<Record<string, string>> = {
  WORKER_SHUTDOWN: 'The worker was shut down',
  PAUSED: 'The activity was paused',
  RESET: 'The activity was reset',
};

/**
 * What ends an attempt to start a job. A cancellation proves that nothing was sent. So does the error for an interruption, such as a worker shutdown:
 * that start may be sent again.
 */
export function createStartCancellation(cancellation: AbortSignal): StartCancellation {
  const controller = new AbortController();
  let isSending = false;
  const end = () => {
    const { reason } = cancellation as { reason: unknown };
    if (!isSending || isGivenUp(reason)) controller.abort(cancellationReason(reason));
  };
  if (cancellation.aborted) end();
  else cancellation.addEventListener('abort', end);
  return { signal: controller.signal, onSending: () => void (isSending = true) };
}

function isGivenUp(reason: unknown): boolean {
  return isObject(reason) && GIVEN_UP.includes(errorMessage(reason));
}

function cancellationReason(reason: unknown): unknown {
  const cause = isObject(reason) ? INTERRUPTIONS[errorMessage(reason)] : undefined;
  if (cause === undefined) return reason;
  const message = `${cause} before the start was sent`;
  return createUnstructuredError(message, { kind: 'connection', notSent: true });
}
