import { isCredentialError } from '../../src/core/call-error';
import { UnstructuredApiError } from '../../src/core/errors';
import type { Job } from '../../src/core/job';
import { boundRetryAfter } from '../../src/core/retry-timing';
import { groupBy } from '../../src/common/group-by';
import { inParallel } from '../../src/common/in-parallel';
import type { Contradictions, ListPolicy } from './list-policy';
import type { RoundMemory } from './round-memory';
import { jobsToConfirm, dueJobs, jobsWithoutList, type JobToCheck } from './jobs-to-check';
import type { WatchPort } from './watch-port';
import type { WatchedJob } from './watched-job';

/** Number of jobs that are read at a time. */
const PARALLEL = 8;

/** Longest time of a call, in milliseconds. By default, the account's `timeouts.total` ends it after 20 seconds. */
const TIMEOUT_MS = { single: 20_000, list: 60_000 };

/** This many failed calls in a row end the round. The next round finds out whether the API is back. */
const MOST_FAILURES_IN_A_ROW = 8;

/** The pause if the API reports too many calls without saying for how long, in milliseconds. */
const OVERLOAD_PAUSE_MS = 30_000;

/** How long the calls of a round took, and the pause that the API asks for, in milliseconds. */
export interface RoundCost {
  /**
   * How long the API took for the calls that every round makes. Not counted: failed calls, the wait for a turn, reports to Temporal, and calls that
   * do not depend on the number of rounds: those that found a change, and those that confirm what a list says. A list counts at most as much as the
   * individual reads that it replaces: a slow list never makes rounds rarer than reads would.
   */
  askedMs: number;
  /** The pause that the API asks for. */
  pauseMs: number;
}

/**
 * Looks once at all jobs. A job on the list of its status is taken as unchanged. Every other job is read individually, and only an individual read
 * reports a change. Never throws: each job gets the error that concerns it.
 */
export async function lookAtAll(
  jobs: readonly WatchedJob[],
  port: WatchPort,
  memory: RoundMemory,
  signal: AbortSignal,
): Promise<RoundCost> {
  const round = new Round(port, memory, signal);
  const begunAt = performance.now();
  const toCheck: JobToCheck[] = [];
  for (const [status, group] of groupBy(jobs, ({ request }) => request.status))
    toCheck.push(...(await round.jobsToCheck(status, group)));
  toCheck.sort((a, b) => a.job.askedAt - b.job.askedAt); // if a round ends early, the jobs that wait differ from those of the last round
  const byId = groupBy(
    toCheck.filter(({ isSpared }) => !isSpared),
    ({ job }) => job.request.jobId,
  );
  await inParallel(PARALLEL, [...byId], new AbortController().signal, ([id, group]) => round.ask(id, group));
  round.spare(toCheck.filter(({ isSpared }) => isSpared));
  round.compare(jobs);
  memory.lastRoundAt = begunAt;
  const { pauseMs, listsMs, singlesMs, singles } = round;
  return { pauseMs, askedMs: listsMs + parallelMs(singlesMs, singles) };
}

/** How long calls take that are made {@link PARALLEL} at a time, of which each takes the average time. */
function parallelMs(sumMs: number, calls: number): number {
  return sumMs / Math.max(1, Math.min(PARALLEL, calls));
}

class Round {
  pauseMs = 0;
  /** Time of the calls that every round repeats: the sum for lists, and for individual reads, which run in parallel. */
  listsMs = 0;
  singlesMs = 0;
  singles = 0;
  readonly #port: WatchPort;
  readonly #memory: RoundMemory;
  readonly #signal: AbortSignal;
  /** Contradictions between individual reads and the list, by status. */
  readonly #contradictions = new Map<string, Contradictions>();
  #failuresInARow = 0;
  /** The error that ended the round. */
  #error: unknown;

  constructor(port: WatchPort, memory: RoundMemory, signal: AbortSignal) {
    this.#port = port;
    this.#memory = memory;
    this.#signal = signal;
  }

  /** The jobs of a status to read individually: those that the list lacks, or, without a list, those that are due. */
  async jobsToCheck(status: string, jobs: readonly WatchedJob[]): Promise<JobToCheck[]> {
    const policy = this.#memory.list(status);
    const begunAt = performance.now();
    const due = dueJobs(jobs, begunAt);
    const reads = new Set(due.map(({ job }) => job.request.jobId)).size;
    const isUsed = () => policy.isUsed(reads, this.#memory.singleMs, begunAt);
    if (this.#error !== undefined || !isUsed()) return due;
    const listed = await this.#list(status, policy, reads);
    if (!listed) return isUsed() ? jobsWithoutList(due) : due;
    this.#contradictions.set(status, { missing: 0, outdated: policy.outdated(listed) });
    return jobsToConfirm(jobs, listed, begunAt, this.#memory.sinceLastRound(begunAt));
  }

  /**
   * The ids on the list of a status; undefined if it could not be read. A list that ignores its filter contains jobs of other statuses. A job whose
   * entry cannot be read is read individually.
   * @param reads Number of individual reads that the list replaces
   */
  async #list(status: string, policy: ListPolicy, reads: number): Promise<Set<string> | undefined> {
    const call = this.#call(TIMEOUT_MS.list);
    try {
      const { jobs } = await this.#port.listJobs({ status }, call.options);
      const tookMs = call.tookMs();
      policy.took(tookMs);
      this.listsMs += Math.min(tookMs, parallelMs(reads * (this.#memory.singleMs ?? 0), reads));
      return new Set(jobs.filter((job) => job.status === status).map(({ id }) => id.toLowerCase()));
    } catch (error) {
      this.#notePause(error);
      if (this.#error === undefined) policy.failed(performance.now()); // "too many calls" does not count against the list
      return undefined;
    }
  }

  /** Jobs that were left out of the round missed something only if the round failed. */
  spare(toCheck: readonly JobToCheck[]): void {
    if (this.#error !== undefined) this.#missed(toCheck, this.#error, false);
  }

  /** Reads one job. The watches report to Temporal in the background, so that this time does not count as time of the API. */
  async ask(jobId: string, toCheck: readonly JobToCheck[]): Promise<void> {
    if (this.#error !== undefined) {
      this.#missed(toCheck, this.#error, false);
      return;
    }
    const call = this.#call(TIMEOUT_MS.single);
    try {
      const job = await this.#port.getJob(jobId, call.options);
      const tookMs = call.tookMs();
      this.#memory.singleTook(tookMs);
      this.#failuresInARow = 0;
      const isAskedAgain = toCheck.some(({ job: { request }, isListed }) => !isListed && request.status === job.status);
      if (isAskedAgain) {
        this.singles++;
        this.singlesMs += tookMs;
      }
      for (const one of toCheck) this.#tell(one, job, call.sentAt);
    } catch (error) {
      this.#noteFailure(error);
      this.#missed(toCheck, error, true);
    }
  }

  /** A call and the time when it was sent. The wait for its turn does not count as time of the API. */
  #call(timeoutMs: number) {
    const call = {
      sentAt: performance.now(),
      tookMs: () => performance.now() - call.sentAt,
      options: { signal: this.#signal, timeoutMs, onSending: () => void (call.sentAt = performance.now()) },
    };
    return call;
  }

  #missed(toCheck: readonly JobToCheck[], error: unknown, isAsked: boolean): void {
    if (!this.#signal.aborted) for (const { job } of toCheck) void job.missed(error, isAsked);
  }

  #tell({ job: watched, isListed }: JobToCheck, job: Job, at: number): void {
    const { status } = watched.request;
    const isUnchanged = job.status === status;
    if (isListed && !isUnchanged) this.#memory.list(status).changed(watched.request.jobId);
    const contradictions = this.#contradictions.get(status);
    if (contradictions && isListed === false && isUnchanged) contradictions.missing++;
    if (isUnchanged) watched.seenUnchanged(at, 'asked');
    else void watched.seenChanged(job);
  }

  /** Ends the round if the account is refused, or if the API is overloaded or unavailable: more calls would show nothing new. */
  #noteFailure(error: unknown): void {
    if (this.#error !== undefined) return;
    this.#notePause(error);
    const isOfJobAlone = error instanceof UnstructuredApiError && !error.retryable && !isRefused(error);
    this.#failuresInARow = isOfJobAlone ? 0 : this.#failuresInARow + 1;
    if (this.#failuresInARow >= MOST_FAILURES_IN_A_ROW || isRefused(error)) this.#error ??= error;
  }

  /** A list may be refused or fail although individual reads work. Only an overload concerns both. */
  #notePause(error: unknown): void {
    if (!(error instanceof UnstructuredApiError) || error.details.kind !== 'rateLimit') return;
    this.pauseMs = boundRetryAfter(error.details.retryAfterMs ?? OVERLOAD_PAUSE_MS);
    this.#error = error;
  }

  compare(jobs: readonly WatchedJob[]): void {
    for (const [status, contradictions] of this.#contradictions) {
      const all = jobs.filter(({ request }) => request.status === status).length;
      this.#memory.list(status).compared(contradictions, all, performance.now());
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof UnstructuredApiError && isCredentialError({ api: error.details });
}
