import { isTerminal } from '../wait/state';
import { verdictOf } from '../job';
import type { LaunchedJob } from './answer';
import type { JobList, ListJobsInput } from './job-list';
import type { Launched, StartState } from './state';
import type { StartTarget } from './target';

/** How far the clocks of the service and of Temporal's server may be apart. */
export const CLOCK_SKEW_MS = 60_000;

/**
 * The lists to ask for in order, after an uncertain start or to see who is running. Without a workflow to narrow it, the list is asked by
 * status: queued before running, so that a job that moves on in between is seen.
 */
export function listsToAsk(state: StartState, target: StartTarget): ListJobsInput[] {
  const token = state.token === null ? {} : { token: state.token };
  const since = state.uncertain ? { createdAfter: new Date(state.uncertain.sentAt - CLOCK_SKEW_MS).toISOString() } : {};
  if ('workflowId' in target) return [{ workflowId: target.workflowId, ...since, ...token }];
  return ['SCHEDULED', 'IN_PROGRESS'].map((status) => ({ status, ...since, ...token }));
}

/**
 * What the lists say about an uncertain start. A job is adopted if its input files carry the token; or, for a workflow whose documents come
 * from its connector, if it is the only one created since. Never by likeness: that could hand one customer's documents to another.
 *
 * @param lists null where they could not be had
 */
export function searched(
  state: StartState,
  lists: readonly JobList[] | null,
  target: StartTarget,
  uploads: number,
  now: number,
): StartState {
  const { uncertain } = state;
  if (!uncertain) return state;
  if (!lists)
    return {
      ...state,
      uncertain: { ...uncertain, failedSearches: uncertain.failedSearches + 1, lastSearchAt: now },
    };
  const candidates = { jobs: unique(lists.flatMap(({ jobs }) => jobs)), total: Math.max(...lists.map((l) => l.total)) };
  candidates.total = Math.max(candidates.total, candidates.jobs.length);
  const found = theOne(candidates.jobs, lists, state, target, uploads);
  return {
    ...state,
    candidates,
    uncertain: { ...uncertain, searches: uncertain.searches + 1, failedSearches: 0, lastSearchAt: now },
    launched: found && { ...found, how: 'found', documents: [] },
  };
}

/** Whether a search can tell the job for certain at all. */
export function canTell(state: StartState, target: StartTarget, uploads: number): boolean {
  return uploads > 0 ? state.token !== null : 'workflowId' in target;
}

function theOne(
  jobs: JobList['jobs'],
  lists: readonly JobList[],
  state: StartState,
  target: StartTarget,
  uploads: number,
): LaunchedJob | null {
  if (!canTell(state, target, uploads)) return null;
  if (uploads > 0) {
    const carrying = new Map(lists.flatMap((list) => list.carrying.map((launched) => [launched.job.id, launched])));
    return carrying.size === 1 ? ([...carrying.values()][0] ?? null) : null;
  }
  const [job, ...others] = jobs;
  return job && others.length === 0 ? { job, inputFileIds: null, outputNodeFiles: null } : null;
}

/** What a look at the workflow's jobs says while it is busy; null where the list could not be had. */
export function looked(state: StartState, lists: readonly JobList[] | null, now: number): StartState {
  if (!state.busy) return state;
  const busy = { ...state.busy, looks: state.busy.looks + 1, lastLookAt: now };
  if (!lists) return { ...state, busy };
  const running = lists.flatMap(({ jobs }) => jobs).filter(({ status }) => !isTerminal(verdictOf(status)));
  return { ...state, busy: { ...busy, running } };
}

/** Somebody else's run is taken for ours. */
export function adopted(state: StartState, job: JobList['jobs'][number]): StartState {
  const launched: Launched = { how: 'adopted', job, inputFileIds: null, outputNodeFiles: null, documents: [] };
  return { ...state, launched };
}

function unique(jobs: JobList['jobs']): JobList['jobs'] {
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}
