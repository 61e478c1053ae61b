import { activityInfo, getClient, heartbeat } from '@temporalio/activity';
import { createUnstructuredError } from '../../src/core/errors';
import type { SeenBefore } from '../../src/core/start/request';
import type { CallContext } from '../support/perform-activity';

/** Longest time until Temporal has to take it, in milliseconds. */
const LONGEST_MS = 10_000;

/**
 * Has Temporal take a heartbeat before the first byte goes out: an attempt that ends without any has certainly sent nothing. The SDK's own
 * heartbeats are throttled, and nobody hears whether they came. Every heartbeat of a start carries details, so that none hides this one.
 * Where no heartbeat time-out is set, nobody waits for it.
 *
 * @throws the signal's reason, once it is aborted
 * @throws UnstructuredConnectionError that says that nothing was sent, where Temporal did not take it, or does not want the start any more
 */
export async function announceSending(seen: SeenBefore, { signal, timeoutMs }: CallContext): Promise<void> {
  const { taskToken, heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) {
    heartbeat(seen);
    return;
  }
  try {
    const client = getClient();
    const deadline = Date.now() + Math.min(LONGEST_MS, timeoutMs);
    await client.withDeadline(deadline, () => client.activity.heartbeat(taskToken, seen));
  } catch (error) {
    signal.throwIfAborted();
    const { name, message } = error as Error;
    const reason = `Temporal took no heartbeat before the start was sent: ${message || name}`;
    throw createUnstructuredError(reason, { kind: 'connection', notSent: true });
  }
}
