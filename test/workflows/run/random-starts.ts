import type { UnstructuredActivities } from '../../../activities';
import type { UploadRequest } from '../../../src/core/start/request';
import { decideStart } from '../../../src/core/start/decision';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import { adopted, listsToAsk, looked, searched } from '../../../src/core/start/search';
import {
  answered,
  beginStart,
  sending,
  unanswered,
  type Launched,
  type StartState,
} from '../../../src/core/start/state';
import type { StartTarget } from '../../../src/core/start/target';
import type { WaitFailure } from '../../../src/core/wait/failure-details';
import { failedCall } from '../../../workflows/failed-call';
import { perform } from '../../activities/support';

/** A clock that sleepers push on. */
export interface Clock {
  at: number;
}

export interface StartCase {
  token: string | null;
  target: StartTarget;
  uploads: UploadRequest[];
  /** The worker dies, as far as Temporal knows, so many milliseconds after it took the start; what it sent goes on. */
  diesAfterMs: number | null;
}

export type StartOutcome = { launched: Launched } | { failure: WaitFailure };

/** A start as the workflow runs it, with real activities and a real client, but without a Temporal server. */
export async function runStart(
  activities: UnstructuredActivities,
  { token, target, uploads, diesAfterMs }: StartCase,
  clock: Clock,
  random: () => number,
): Promise<StartOutcome> {
  let state: StartState = beginStart(token, clock.at);
  for (;;) {
    const decision = decideStart(state, DEFAULT_START_OPTIONS, target, uploads.length, clock.at, random());
    switch (decision.do) {
      case 'done':
        return { launched: decision.launched };
      case 'fail':
        return { failure: decision.failure };
      case 'sleep':
        clock.at = Math.max(clock.at, decision.until);
        break;
      case 'adopt': {
        const job = state.busy?.running.find(({ id }) => id === decision.jobId);
        if (job) state = adopted(state, job);
        break;
      }
      case 'send':
        state = await send(activities, sending(state, clock.at), target, uploads, diesAfterMs, clock);
        break;
      case 'list':
        state = await look(activities, state, target, uploads.length, clock);
    }
  }
}

async function send(
  activities: UnstructuredActivities,
  state: StartState,
  target: StartTarget,
  documents: UploadRequest[],
  diesAfterMs: number | null,
  clock: Clock,
): Promise<StartState> {
  const name = 'workflowId' in target ? 'unstructured.runWorkflow' : 'unstructured.createJob';
  const request = { target, documents, maxFileBytes: 1_000_000 };
  const info = { startToCloseTimeoutMs: 1_000, scheduleToCloseTimeoutMs: 1_000 };
  const sent = perform(activities, name, request, info);
  sent.catch(() => undefined);
  try {
    const answer = diesAfterMs === null ? await sent : await Promise.race([sent, death(diesAfterMs)]);
    if (answer === 'dead') return unanswered(state, { type: 'noAnswer', timeoutType: 'HEARTBEAT' }, clock.at);
    return answered(state, answer, clock.at);
  } catch (error) {
    return unanswered(state, failedCall(error), clock.at);
  }
}

function death(ms: number): Promise<'dead'> {
  return new Promise((resolve) => setTimeout(() => resolve('dead'), ms));
}

async function look(
  activities: UnstructuredActivities,
  state: StartState,
  target: StartTarget,
  uploads: number,
  clock: Clock,
): Promise<StartState> {
  const lists = await Promise.all(
    listsToAsk(state, target).map((query) => perform(activities, 'unstructured.listJobs', query)),
  ).catch(() => null);
  return state.uncertain ? searched(state, lists, target, uploads, clock.at) : looked(state, lists, clock.at);
}
