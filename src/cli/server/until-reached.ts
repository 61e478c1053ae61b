import { setTimeout as delay } from 'node:timers/promises';
import { readField } from '../../core/error-shape';

/** Until a server that can't be reached is asked again, in milliseconds. */
const PAUSE_MS = 5_000;

/**
 * gRPC statuses of a connection or a server that fails for a while: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL,
 * UNAVAILABLE and DATA_LOSS.
 */
const PASSING = [1, 2, 4, 8, 10, 13, 14, 15];

/**
 * Asks a Temporal server for something, again and again where it can't be reached.
 * @param ask Does no harm when done again
 * @throws what else went wrong; an AbortError once the signal aborts
 */
export async function untilReached<T>(ask: () => Promise<T>, signal: AbortSignal, pauseMs = PAUSE_MS): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

function mayPass(error: unknown): boolean {
  const codes = [error, readField(error, 'cause')].map((one) => readField(one, 'code'));
  return codes.some((code) => PASSING.includes(code as number));
}
