import { activityInfo, getClient, heartbeat, log } from '@temporalio/activity';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { createUnstructuredError } from '../../src/core/errors';
import type { SeenBefore } from '../../src/core/start/request';
import { acknowledgedHeartbeat } from '../support/acknowledged-heartbeat';
import type { CallContext } from '../support/perform-activity';

/** Errors of the Temporal client which mean that Temporal no longer waits for the attempt. */
const ENDS = ['ActivityCancelledError', 'ActivityPausedError', 'ActivityResetError', 'ActivityNotFoundError'];

/** How long Temporal may take to accept a heartbeat, in milliseconds. */
const LONGEST_MS = { announcing: 10_000, beating: 5_000 };

/** The heartbeats of a start. Only those from the announcement on carry details, so an attempt that ends without details has sent nothing. */
export interface StartHeartbeats {
  /** Sends a heartbeat, which shows that the attempt is alive. */
  beat: () => void;
  /**
   * Sends a heartbeat with details, and waits until Temporal has accepted it, before the first byte is sent. Without a heartbeat time-out, it does
   * not wait.
   *
   * @throws the signal's reason, once it is aborted
   * @throws UnstructuredConnectionError with `notSent`, if Temporal does not accept the heartbeat or no longer waits for the start
   */
  announce: (context: CallContext) => Promise<void>;
}

/**
 * The SDK's own heartbeats are throttled, and nothing shows whether they arrived. One without details could arrive late and hide the announcement. So
 * the heartbeats before the announcement are sent to the server one by one, and the announcement waits for the last of them.
 */
export function createStartHeartbeats(seen: SeenBefore): StartHeartbeats {
  let isAnnounced = false;
  let beating: Promise<void> | undefined;
  return {
    beat() {
      if (isAnnounced) heartbeat(seen);
      else beating ??= beatOnce(seen).finally(() => (beating = undefined));
    },
    async announce({ signal, timeoutMs }) {
      isAnnounced = true;
      await beating;
      try {
        await acknowledgedHeartbeat(seen, Math.min(LONGEST_MS.announcing, timeoutMs), 'the start was sent');
      } catch (error) {
        signal.throwIfAborted();
        throw createUnstructuredError(errorMessage(error), { kind: 'connection', notSent: true });
      }
    },
  };
}

/** Never fails. The SDK's own heartbeats report whether the attempt is cancelled. */
async function beatOnce(seen: SeenBefore): Promise<void> {
  try {
    const client = getClient();
    const { taskToken } = activityInfo();
    await client.withDeadline(Date.now() + LONGEST_MS.beating, () => client.activity.heartbeat(taskToken));
  } catch (error) {
    if (ENDS.includes(errorShape(error).name)) heartbeat(seen);
    else log.debug('Temporal accepted no heartbeat', { error: String(error) });
  }
}
