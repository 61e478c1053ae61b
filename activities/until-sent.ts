import { createUnstructuredError } from '../src/core/errors';

/** A cancellation that counts only until something is sent. */
export interface UntilSent {
  signal: AbortSignal;
  /** From now on only the answer tells what was started, so that no cancellation ends the attempt. */
  onSending: () => void;
}

/**
 * What ends an attempt to start a job. A cancellation proves that nothing was sent, and so does the error that stands for a worker's
 * shutdown, which is nobody's wish: that start may be sent again.
 */
export function untilSent(cancellation: AbortSignal): UntilSent {
  const controller = new AbortController();
  const withdraw = () => controller.abort(reasonOf(cancellation.reason));
  if (cancellation.aborted) withdraw();
  else cancellation.addEventListener('abort', withdraw);
  return { signal: controller.signal, onSending: () => cancellation.removeEventListener('abort', withdraw) };
}

function reasonOf(reason: unknown): unknown {
  if (!(reason instanceof Error) || reason.message !== 'WORKER_SHUTDOWN') return reason;
  const message = 'The worker was shut down before the start was sent';
  return createUnstructuredError(message, { kind: 'connection', notSent: true });
}
