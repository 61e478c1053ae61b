import { isoTime } from '../instant';
import { isTerminal, summarize, verdictOf } from '../job';
import type { JobList, ListJobsInput } from './job-list';
import type { JobAtStart, JobToStart } from './request';
import type { Candidates, StartOutcome, StartState } from './state';

/** How far the clocks of the service and of Temporal's server may differ. Histories depend on it. */
const CLOCK_SKEW_MS = 60_000;

/** Queued jobs are listed before running ones, and those before ended ones, so that a job that changes its status in between is seen. */
const ACTIVE = ['SCHEDULED', 'IN_PROGRESS'];
const ENDED = ['COMPLETED', 'FAILED', 'STOPPED'];

/**
 * How often the jobs that ended may fail to be listed, or entries to be read, before the search concludes without them: the list of an old account
 * may be too long. Histories depend on it.
 */
const PARTIAL_SEARCHES = 2;

/**
 * Pauses before each look for the job of an uncertain start. They last two minutes in all, because lists may lag. Histories depend on their number.
 */
const SEARCH_GAPS_MS = [0, 5_000, 10_000, 15_000, 30_000, 60_000];

/** Pause after a look that failed or was incomplete. */
export const FAILED_SEARCH_GAP_MS = 30_000;

/**
 * If no list can identify the job, one look collects candidates. Otherwise there are several, because only the last look can rule out that a job
 * exists.
 */
export function searchGaps(state: StartState, jobToStart: JobToStart, uploads: number): readonly number[] {
  return canTell(state, jobToStart, uploads) || state.uncertain?.resetRunId !== undefined ? SEARCH_GAPS_MS : [0];
}

function isLastLook(state: StartState, jobToStart: JobToStart, uploads: number): boolean {
  return (state.uncertain?.searches ?? 0) >= searchGaps(state, jobToStart, uploads).length - 1;
}

/**
 * The lists to ask for, in order: after an uncertain start, or to see which jobs are running. The API's lists have no pages. All jobs of a workflow
 * are requested only if the job may have ended already, and the ended jobs of the account only at the last look.
 */
export function listsToAsk(state: StartState, jobToStart: JobToStart, uploads: number): ListJobsInput[] {
  const { uncertain, token } = state;
  const isLast = uncertain !== null && isLastLook(state, jobToStart, uploads);
  const narrow = {
    ...('workflowId' in jobToStart && { workflowId: jobToStart.workflowId }),
    ...(uncertain && { createdAfter: jobsSince(uncertain.sentAt) }),
    ...(token !== null && { token }),
    ...(isLast && { inputFiles: true }),
  };
  if (uncertain && 'workflowId' in jobToStart) return [narrow];
  return [...ACTIVE, ...(isLast ? ENDED : [])].map((status) => ({ ...narrow, status }));
}

/** Whether the search continues without this list if it cannot be read. */
export function isOptional({ workflowId, status = '' }: ListJobsInput): boolean {
  return workflowId === undefined && ENDED.includes(status);
}

/** The earliest time at which the service may have created the job of a start that was sent at `sentAt`. */
export function jobsSince(sentAt: number): string {
  return isoTime(sentAt - CLOCK_SKEW_MS);
}

/**
 * Evaluates the lists after an uncertain start. A job is adopted if its input files carry the token. For a workflow whose documents come from its
 * connector, a job is adopted if, at the last look, it is the only one created since, was not created by a schedule, did not exist right before the
 * start was sent, and was created before the answer was lost. Similarity never counts: it could hand one customer's documents to another.
 *
 * If a run before a reset may have sent the start, it is sent after all once the last look shows that there is no such job.
 *
 * An entry of a list that could not be read may be any job. If there is one, only a job that carries the token is certain to be ours.
 *
 * @param lists null if they could not be read
 * @param notListed statuses whose jobs were not listed; by default all terminal ones, or none for a workflow
 */
export function searched(
  state: StartState,
  lists: readonly JobList[] | null,
  jobToStart: JobToStart,
  uploads: number,
  now: number,
  notListed?: readonly string[],
): StartState {
  const { uncertain } = state;
  if (!uncertain) return state;
  const unlisted = notListed ?? ('workflowId' in jobToStart ? [] : ENDED);
  const failed = {
    ...uncertain,
    failedSearches: uncertain.failedSearches + 1,
    lastSearchAt: now,
    isPartial: undefined,
  };
  if (!lists) return { ...state, uncertain: failed };
  const listed = unique(lists);
  const jobs = listed.filter(({ id }) => !state.earlierJobIds?.includes(id));
  const total = Math.max(listed.length, ...lists.map((list) => list.total)) - (listed.length - jobs.length);
  const unreadable = countUnreadable(lists);
  const isWhole = unlisted.length === 0 && unreadable === 0;
  const candidates = { jobs, total, unlisted, ...(unreadable > 0 && { unreadableEntries: unreadable }) };
  const found = theOne(candidates, lists, state, jobToStart, uploads);
  if (found) return { ...state, candidates, startedJob: { ...found, how: 'found' } };
  if (isLastLook(state, jobToStart, uploads)) {
    const partialSearches = (uncertain.partialSearches ?? 0) + 1;
    if (!isWhole && partialSearches < PARTIAL_SEARCHES)
      return { ...state, candidates, uncertain: { ...failed, partialSearches, isPartial: true } };
    const { resetRunId: searchedRunId } = uncertain;
    if (searchedRunId !== undefined && isWhole && isNone(candidates, lists, state, uploads))
      return { ...state, uncertain: null, candidates: null, searchedRunId };
  }
  const searches = uncertain.searches + 1;
  return { ...state, candidates, uncertain: { ...uncertain, searches, failedSearches: 0, lastSearchAt: now } };
}

/** Whether the lists show that the start has no job. Without a token, any job created since may be its job. */
function isNone(
  { jobs, total }: Pick<JobList, 'jobs' | 'total'>,
  lists: readonly JobList[],
  { token }: StartState,
  uploads: number,
): boolean {
  if (uploads > 0 && token !== null)
    return lists.every(({ carrying, unknownFiles }) => carrying.length === 0 && !unknownFiles);
  return total === jobs.length && jobs.every(({ jobType }) => jobType === 'scheduled');
}

/** Whether a search can identify the job with certainty. */
function canTell(state: StartState, jobToStart: JobToStart, uploads: number): boolean {
  if (uploads > 0) return state.token !== null;
  return 'workflowId' in jobToStart && state.earlierJobIds != null && typeof state.uncertain?.lostAt === 'number';
}

function theOne(
  { jobs, total, unreadableEntries = 0 }: Candidates,
  lists: readonly JobList[],
  state: StartState,
  jobToStart: JobToStart,
  uploads: number,
): JobAtStart | null {
  if (!canTell(state, jobToStart, uploads)) return null;
  if (uploads > 0) {
    const carrying = new Map(
      lists.flatMap((list) => list.carrying.map((startedJob) => [startedJob.job.id, startedJob])),
    );
    return carrying.size === 1 ? ([...carrying.values()][0] ?? null) : null;
  }
  const { lostAt = null } = state.uncertain ?? {};
  const [job, ...others] = jobs.filter((one) => one.jobType !== 'scheduled' && !isCreatedAfter(one, lostAt));
  const isAlone = job && others.length === 0 && total === jobs.length && unreadableEntries === 0;
  if (!isAlone || !isLastLook(state, jobToStart, uploads) || job.createdAt === null) return null;
  return { job: summarize(job), inputFileIds: null, outputNodeFiles: null };
}

/** Whether another caller must have created the job, because the answer was lost before. A job without a creation time may be ours. */
function isCreatedAfter({ createdAt }: JobList['jobs'][number], lostAt: number | null): boolean {
  return createdAt !== null && lostAt !== null && Date.parse(createdAt) > lostAt + CLOCK_SKEW_MS;
}

/** Evaluates a look at a workflow's jobs while it is busy. @param lists null if they could not be read */
export function looked(state: StartState, lists: readonly JobList[] | null, now: number): StartState {
  if (!state.busy) return state;
  const busy = { ...state.busy, looks: state.busy.looks + 1, lastLookAt: now };
  if (!lists) return { ...state, busy };
  const { unreadableEntries: _before, ...rest } = busy;
  const running = unique(lists).filter(({ status }) => !isTerminal(verdictOf(status)));
  const unreadable = countUnreadable(lists);
  return { ...state, busy: { ...rest, running, ...(unreadable > 0 && { unreadableEntries: unreadable }) } };
}

function countUnreadable(lists: readonly JobList[]): number {
  return lists.reduce((sum, { unreadableEntries = 0 }) => sum + unreadableEntries, 0);
}

/** Takes over another caller's run. */
export function adopted(state: StartState, job: JobList['jobs'][number]): StartState {
  const startedJob: StartOutcome = { how: 'adopted', job, inputFileIds: null, outputNodeFiles: null };
  return { ...state, startedJob };
}

/** Each job once, as in the latest list that has it. */
function unique(lists: readonly JobList[]): JobList['jobs'] {
  return [...new Map(lists.flatMap(({ jobs }) => jobs).map((job) => [job.id, job])).values()];
}
