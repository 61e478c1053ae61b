import { activityInfo, getClient, heartbeat } from '@temporalio/activity';
import { otherFailure } from '../../src/common/failure';
import { errorShape } from '../../src/core/error-shape';

/**
 * Has Temporal take a heartbeat with these details, and so say that it still waits for the attempt. The SDK's own heartbeats are throttled,
 * and nobody hears whether they came. Where no heartbeat time-out is set, nobody waits for it.
 *
 * @param limitMs Longest time until Temporal has to take it
 * @param before Completes "Temporal accepted no heartbeat before …"
 * @throws ApplicationFailure `HeartbeatError`, where Temporal does not take it, or waits for the attempt no more
 */
export async function acknowledgedHeartbeat(details: unknown, limitMs: number, before: string): Promise<void> {
  const { taskToken, heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) {
    heartbeat(details);
    return;
  }
  try {
    const client = getClient();
    await client.withDeadline(Date.now() + limitMs, () => client.activity.heartbeat(taskToken, details));
  } catch (error) {
    const { name, message } = errorShape(error);
    throw otherFailure('HeartbeatError', `Temporal accepted no heartbeat before ${before}: ${message || name}`);
  }
}

/** Longest time until Temporal has to take a heartbeat before a record is written, in milliseconds. */
const LONGEST_HEARTBEAT_MS = 10_000;

/** How long an acknowledgement counts, in milliseconds. */
const ACKNOWLEDGED_FOR_MS = 10_000;

/**
 * Called before each write of a record: an attempt that Temporal gave up writes nothing over what came after it.
 * @param details What the heartbeat carries, asked for each
 * @param before Completes "Temporal accepted no heartbeat before …"
 */
export function whileAwaited(details: () => unknown, before: string): () => Promise<void> {
  let acknowledgedAt = -Infinity;
  return async () => {
    if (performance.now() - acknowledgedAt < ACKNOWLEDGED_FOR_MS) return;
    await acknowledgedHeartbeat(details(), LONGEST_HEARTBEAT_MS, before);
    acknowledgedAt = performance.now();
  };
}
