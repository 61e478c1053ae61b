import { activityInfo, getClient, heartbeat, log } from '@temporalio/activity';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { createUnstructuredError } from '../../src/core/errors';
import type { SeenBefore } from '../../src/core/start/request';
import { acknowledgedHeartbeat } from '../support/acknowledged-heartbeat';
import type { CallContext } from '../support/perform-activity';

/** Errors of the client by which Temporal says that it waits for the attempt no more. */
const ENDS = ['ActivityCancelledError', 'ActivityPausedError', 'ActivityResetError', 'ActivityNotFoundError'];

/** Longest time until Temporal has to take a heartbeat, in milliseconds. */
const LONGEST_MS = { announcing: 10_000, beating: 5_000 };

/** The heartbeats of a start: only those from the announcement on carry details, so that an attempt that ends without any has sent nothing. */
export interface StartHeartbeats {
  /** Tells Temporal that the attempt is alive. */
  beat: () => void;
  /**
   * Has Temporal take a heartbeat with details before the first byte goes out. Where no heartbeat time-out is set, nobody waits for it.
   *
   * @throws the signal's reason, once it is aborted
   * @throws UnstructuredConnectionError that says that nothing was sent, where Temporal did not take it, or does not want the start any more
   */
  announce: (context: CallContext) => Promise<void>;
}

/**
 * The SDK's own heartbeats are throttled, and nothing shows whether they arrived: one without details could come late, and hide the announcement.
 * So those before it are asked of the server one by one, and the announcement waits for the last of them.
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
