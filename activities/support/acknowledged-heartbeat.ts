import { activityInfo, getClient, heartbeat } from '@temporalio/activity';
import { otherFailure } from '../../src/common/failure';
import { errorShape } from '../../src/core/error-shape';

/**
 * Sends a heartbeat with these details, and waits until Temporal has accepted it. This shows that Temporal still waits for the attempt. The SDK's own
 * heartbeats are throttled, and nothing shows whether they arrived. Without a heartbeat time-out, the function does not wait.
 *
 * @param limitMs How long Temporal may take to accept it, in milliseconds
 * @param before Completes "Temporal accepted no heartbeat before …"
 * @throws ApplicationFailure `HeartbeatError`, if Temporal does not accept it, or no longer waits for the attempt
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

/** How long Temporal may take to accept a heartbeat before a record is written, in milliseconds. */
const LONGEST_HEARTBEAT_MS = 10_000;

/** How long an acknowledgement is valid, in milliseconds. */
const ACKNOWLEDGED_FOR_MS = 10_000;

/**
 * Returns a function to call before each write of a record. It keeps an attempt that Temporal has given up from overwriting later records.
 * @param details Returns the details of each heartbeat
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
