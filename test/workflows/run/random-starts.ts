// A start by the driver and the state machine of the workflow, with real activities and a real client, but no Temporal server, so that a
// thousand take seconds.
import type { UnstructuredActivities } from '../../../activities/types';
import type { DocumentInput } from '../../../src/core/document';
import { documentsDigest } from '../../../src/core/run/documents-digest';
import { beginFrom, type ResumedRun, resumeOfStart } from '../../../src/core/run/resume';
import { driveStart, type StartUnderWay } from '../../../src/core/start/drive';
import { DEFAULT_START_OPTIONS, type StartOptions } from '../../../src/core/start/options';
import type { JobToStart } from '../../../src/core/start/request';
import type { StartOutcome } from '../../../src/core/start/state';
import { planUploads } from '../../../src/core/start/upload-names';
import { perform } from '../../activities/support';
import { cameOf, send, type SendCase, type SendEnd } from './random-sends';

/** A clock that sleepers push on. */
export interface Clock {
  at: number;
}

export interface StartCase extends SendCase {
  token: string | null;
  jobToStart: JobToStart;
  documents: DocumentInput[];
  options: Partial<StartOptions>;
  /** After so many steps somebody terminates the run. */
  terminatedAfter: number;
  /** So many milliseconds after its begin somebody cancels the run. */
  cancelledAfterMs: number;
  /** Called after each sleep between two sends. */
  intrude?: () => void;
}

export type RandomOutcome = {
  /** What the names of its uploads began with. */
  token: string | null;
  /** What came of the send during which the run was cancelled; null where it was not, or then. */
  cancelledSend: SendEnd | null;
} & (
  | { startedJob: StartOutcome }
  /** `resume`: what a run without a job leaves for the next one under its key; null where certainly nothing was started. */
  | { ended: string; resume: ResumedRun | null }
);

class Terminated extends Error {}
class Cancelled extends Error {}

/** Attempts at one list. */
const LIST_ATTEMPTS = 4;

/** A start to its end, or until somebody ends it. @param resume What an earlier run of the key left */
export async function runStart(
  activities: UnstructuredActivities,
  { token, jobToStart, documents, options, terminatedAfter, cancelledAfterMs, intrude, ...sendCase }: StartCase,
  clock: Clock,
  random: () => number,
  resume: ResumedRun | null = null,
): Promise<RandomOutcome> {
  const digest = documentsDigest(documents);
  const start: StartUnderWay = {
    begunAt: clock.at,
    jobToStart,
    uploads: planUploads(documents, token),
    options: { ...DEFAULT_START_OPTIONS, ...options },
    state: beginFrom(token, resume, clock.at),
    activity: 'sleeping',
  };
  let cancelledAt = clock.at + cancelledAfterMs;
  let [steps, isShielded] = [0, false];
  let memo = resume;
  let cancelledSend: SendEnd | null = null;
  const isCancelled = () => clock.at >= cancelledAt;
  const goOnTo = (time: number) => {
    clock.at = Math.max(clock.at, isShielded ? time : Math.min(time, cancelledAt));
    if (isCancelled() && !isShielded) throw new Cancelled();
  };
  const end = await driveStart(start, {
    now: () => clock.at,
    random,
    async send(request) {
      if (cancelledSend) throw new Error('It is sent again after a cancellation');
      const { sent, isCancelledMeanwhile } = await send(activities, request, sendCase);
      if (isCancelledMeanwhile) {
        cancelledAt = Math.min(cancelledAt, clock.at);
        cancelledSend = cameOf(sent);
      }
      if (steps > terminatedAfter) throw new Terminated();
      return sent;
    },
    async list(query) {
      for (let attempt = 1; attempt <= LIST_ATTEMPTS; attempt++) {
        const list = await perform(activities, 'unstructured.listJobs', query, { attempt }).catch(() => null);
        if (list || attempt === LIST_ATTEMPTS) return list;
        goOnTo(clock.at + 1_000 * attempt);
      }
      return null;
    },
    sleep(ms) {
      goOnTo(clock.at + ms);
      if (!start.state.uncertain) intrude?.();
      return Promise.resolve();
    },
    isCancelled,
    isCancellation: (error) => error instanceof Cancelled,
    async shielded(step) {
      isShielded = true;
      await step();
      isShielded = false;
    },
    noted: () => (memo = resumeOfStart(start, digest) ?? null),
    changed() {
      const isLast = start.activity !== 'ended' && steps++ === terminatedAfter;
      if (isLast && start.activity !== 'sending') throw new Terminated();
    },
  }).catch((error: unknown) => {
    if (error instanceof Terminated) return 'terminated' as const;
    if (error instanceof Cancelled) return 'cancelled' as const;
    throw error;
  });
  const common = { token: start.state.token, cancelledSend };
  if (typeof end === 'string') return { ...common, ended: end, resume: memo };
  if ('startedJob' in end) return { ...common, ...end };
  const { type, details } = end.failure;
  const { cause } = details as { cause?: { type: string } };
  const ended = cause ? `${type}: ${cause.type}` : type;
  return { ...common, ended, resume: resumeOfStart(start, digest) ?? memo };
}
