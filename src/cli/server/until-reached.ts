import { setTimeout as delay } from 'node:timers/promises';
import { readField } from '../../core/error-shape';

/** Pause before a server that cannot be reached is asked again, in milliseconds. */
const PAUSE_MS = 5_000;

/**
 * gRPC statuses of temporary failures of a connection or server: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL,
 * UNAVAILABLE and DATA_LOSS.
 */
const PASSING = [1, 2, 4, 8, 10, 13, 14, 15];

/**
 * Calls a Temporal server, and repeats the call until the server is reached.
 * @param ask May be repeated without harm
 * @throws any other error; an AbortError once the signal aborts
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
