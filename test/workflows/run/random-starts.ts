// A start in short: the state machine of the workflow, real activities and a real client, but no Temporal server, so that a thousand take
// a minute. The loop is a copy of the one in workflows/run/run-start.ts; that one is played by chance, too, by a few.
import type { UnstructuredActivities } from '../../../activities';
import type { DocumentInput } from '../../../src/core/document';
import type { UploadRequest } from '../../../src/core/start/request';
import { decideStart } from '../../../src/core/start/decision';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import { uploadsOf } from '../../../src/core/start/upload-names';
import { adopted, listsToAsk, looked, searched } from '../../../src/core/start/search';
import {
  answered,
  beginStart,
  beginUncertain,
  sending,
  unanswered,
  type Launched,
  type StartState,
} from '../../../src/core/start/state';
import type { StartTarget } from '../../../src/core/start/target';
import { failedCall } from '../../../workflows/wait/failed-call';
import { perform } from '../../activities/support';

/** A clock that sleepers push on. */
export interface Clock {
  at: number;
}

export interface StartCase {
  token: string | null;
  target: StartTarget;
  documents: DocumentInput[];
  /** The worker dies, as far as Temporal knows, so many milliseconds after it took the start; what it sent goes on. */
  diesAfterMs: number | null;
  /** After so many steps somebody ends the run. */
  stopsAfter: number;
}

/** What a run without a job leaves for the next one under its key; null where certainly nothing was started. */
export type Left = { token: string | null; sentAt: number; others?: string[] } | null;
export type StartOutcome = { launched: Launched } | { ended: string; left: Left };

/** A start to its end, or until somebody ends it. @param left What an earlier run of the key left */
export async function runStart(
  activities: UnstructuredActivities,
  { token, target, documents, diesAfterMs, stopsAfter }: StartCase,
  clock: Clock,
  random: () => number,
  left: Left = null,
): Promise<StartOutcome> {
  const uploads = uploadsOf(documents, token);
  let state: StartState = left ? beginUncertain(left.token, left.sentAt, clock.at, left.others) : beginStart(token);
  for (let steps = 0; ; steps++) {
    if (steps === stopsAfter && !state.launched) return { ended: 'stopped', left: leftBy(state) };
    const decision = decideStart(state, DEFAULT_START_OPTIONS, target, uploads.length, clock.at, random());
    switch (decision.do) {
      case 'done':
        return { launched: decision.launched };
      case 'fail':
        return { ended: decision.failure.type, left: leftBy(state) };
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

function leftBy({ token, uncertain, others }: StartState): Left {
  return uncertain && { token, sentAt: uncertain.sentAt, ...(others && { others }) };
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
    listsToAsk(state, target, clock.at).map((query) => perform(activities, 'unstructured.listJobs', query)),
  ).catch(() => null);
  return state.uncertain ? searched(state, lists, target, uploads, clock.at) : looked(state, lists, clock.at);
}
