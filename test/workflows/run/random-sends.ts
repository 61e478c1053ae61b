// One send of a start by the real activity, as `run-start.ts` makes it of a worker: it may hang, its worker may die, and the run may be
// cancelled meanwhile.
import type { EventEmitter } from 'node:events';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { UnstructuredActivities } from '../../../activities/types';
import { judgeSend } from '../../../src/core/start/certainty';
import type { Sent } from '../../../src/core/start/drive';
import type { SeenBefore, StartRequest } from '../../../src/core/start/request';
import { seenBefore } from '../../../workflows/run/failed-send';
import { failedCall } from '../../../workflows/support/failures';
import { perform } from '../../activities/support';
import { quiet } from '../../support/logs';
import type { DocumentMoment } from './random-documents';

/** Where a send stands: begun; the jobs before it listed, as where documents come from a connector; or at its documents. */
export type Moment = 'begun' | 'listed' | DocumentMoment;

/** Times are milliseconds of real time. */
export interface SendCase {
  /** Longest time for the start's activity: where nothing hangs, nobody waits for it. */
  uploadTimeoutMs: number;
  /** The worker dies, as far as Temporal knows, so long after it took the start; what it sent goes on. */
  diesAfterMs: number | null;
  /** Is told where a send stands. */
  moments: EventEmitter;
  /** The run is cancelled at this moment of a send, or so long after it, where the send is under way still. */
  sendCancelled: { at: Moment; afterMs: number } | null;
}

/** What came of a send: `refused` is certainly no job, `lost` may be one. */
export type SendEnd = 'nothing sent' | 'answered' | 'refused' | 'lost';

/** Sends a start once. Tells what came of it, and whether the run was cancelled before that was known. */
export async function send(
  activities: UnstructuredActivities,
  request: Omit<StartRequest, 'account' | 'report'>,
  { uploadTimeoutMs: startToCloseTimeoutMs, diesAfterMs, moments, sendCancelled }: SendCase,
): Promise<{ sent: Sent; isCancelledMeanwhile: boolean }> {
  const name = 'workflowId' in request.start ? 'unstructured.runWorkflow' : 'unstructured.createJob';
  const env = new MockActivityEnvironment({ startToCloseTimeoutMs, scheduleToCloseTimeoutMs: 0 }, { logger: quiet });
  let last: SeenBefore | undefined;
  env.on('heartbeat', (details: SeenBefore) => {
    last = details;
    moments.emit('listed');
  });
  const ended = perform(activities, name, request as never, {}, env).then(
    (answer): Sent => ({ answer }),
    (error: unknown): Sent =>
      isCancelledBy(env, error) ? 'cancelled' : { failed: failedCall(error), seen: seenBefore(error) },
  );
  const timers: NodeJS.Timeout[] = [];
  const cancel = () => {
    if (sendCancelled?.afterMs) timers.push(setTimeout(() => env.cancel(), sendCancelled.afterMs));
    else env.cancel();
  };
  if (sendCancelled) moments.once(sendCancelled.at, cancel);
  moments.emit('begun');
  const death = new Promise<Sent>((resolve) => {
    if (diesAfterMs !== null) timers.push(setTimeout(() => resolve(dead()), diesAfterMs));
  });
  try {
    const sent = await Promise.race([ended, death]);
    return { sent, isCancelledMeanwhile: env.context.cancellationSignal.aborted };
  } finally {
    moments.removeAllListeners();
    timers.forEach(clearTimeout);
  }

  function dead(): Sent {
    return {
      failed: { type: 'noAnswer', timeoutType: 'HEARTBEAT' },
      seen: { earlierJobIds: last?.earlierJobIds ?? null },
    };
  }
}

/** What a worker tells of as a cancelled activity. */
function isCancelledBy({ context }: MockActivityEnvironment, error: unknown): boolean {
  if (!context.cancellationSignal.aborted) return false;
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
}

export function cameOf(sent: Sent): SendEnd {
  if (sent === 'cancelled') return 'nothing sent';
  if ('answer' in sent) return 'answered';
  return judgeSend(sent.failed) === 'uncertain' ? 'lost' : 'refused';
}
