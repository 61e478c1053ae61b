import { errorMessage } from '../../src/core/error-shape';
import { createUnstructuredError } from '../../src/core/errors';
import { isObject } from '../../src/core/values';

/** A cancellation that, once something is sent, counts only where nobody waits for the answer any more. */
export interface StartCancellation {
  signal: AbortSignal;
  /** From now on only the answer says what was started: an attempt that Temporal still waits for goes on to its end. */
  onSending: () => void;
}

/** Temporal gave up the attempt: a job that it starts now would appear after the search for it. */
const GIVEN_UP: readonly string[] = ['TIMED_OUT', 'NOT_FOUND'];

/** What ends an attempt only: the SDK reports a pause and a reset by failures that say nothing of what was sent. */
const INTERRUPTIONS: Readonly<Record<string, string>> = {
  WORKER_SHUTDOWN: 'The worker was shut down',
  PAUSED: 'The activity was paused',
  RESET: 'The activity was reset',
};

/**
 * What ends an attempt to start a job. A cancellation proves that nothing was sent, and so does the error for an
 * interruption that nobody asked for, such as a worker shutdown: that start may be sent again.
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
