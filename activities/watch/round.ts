import { isCredentialError } from '../../src/core/call-error';
import { UnstructuredApiError } from '../../src/core/errors';
import type { Job } from '../../src/core/job';
import { boundRetryAfter } from '../../src/core/retry-timing';
import { inParallel } from '../support/in-parallel';
import type { Contradictions } from './list-use';
import type { RoundMemory } from './round-memory';
import type { WatchedJob } from './watched-job';

/** What a watch asks the API. `UnstructuredClient` has it. */
export interface WatchPort {
  getJob(jobId: string, options?: WatchCallOptions): Promise<Job>;
  listJobs(filter: { status: string }, options?: WatchCallOptions): Promise<{ jobs: Job[] }>;
}

export interface WatchCallOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/** So many jobs are asked for side by side. */
const PARALLEL = 8;

/** Longest time of a call, in milliseconds. */
const TIMEOUT_MS = { single: 20_000, list: 60_000 };

/** So many calls in a row that fail end the round: the next one finds out whether the API is back. */
const MOST_FAILURES_IN_A_ROW = 8;

/** The pause where the API says that there are too many calls, and not for how long, in milliseconds. */
const OVERLOAD_PAUSE_MS = 30_000;

/** The list is compared with a job that was not asked for by itself for so long, in milliseconds: one a round. */
const SAMPLED_AFTER_MS = 60_000;

/** What a round cost, and what the API says to that, in milliseconds. */
export interface RoundCost {
  /**
   * How long the API took for what every round asks. Not counted: calls that failed, what Temporal is told, and a question that found a change,
   * which comes once for each job, however often there is a round.
   */
  askedMs: number;
  /** The pause that the API asks for. */
  pauseMs: number;
}

/**
 * Looks once at all jobs. A job that the list of its status has is taken for unchanged; every other is asked for by itself, and only that
 * tells a change. Never throws: each job is told what it missed.
 */
export async function lookAtAll(
  jobs: readonly WatchedJob[],
  port: WatchPort,
  memory: RoundMemory,
  signal: AbortSignal,
): Promise<RoundCost> {
  const round = new Round(port, memory, signal);
  const suspects: Suspect[] = [];
  for (const [status, group] of groupBy(jobs, ({ request }) => request.status))
    suspects.push(...(await round.suspects(status, group)));
  suspects.sort((a, b) => a.job.askedAt - b.job.askedAt); // a round that ends early leaves others to wait than the last one
  const byId = groupBy(suspects, ({ job }) => job.request.jobId);
  await inParallel(PARALLEL, [...byId], new AbortController().signal, ([id, group]) => round.ask(id, group));
  round.compare(jobs);
  const { pauseMs, listsMs, singlesMs } = round;
  return { pauseMs, askedMs: listsMs + singlesMs / Math.max(1, Math.min(PARALLEL, byId.size)) };
}

/** A job that is asked for by itself, and what the list said; undefined where none was asked for. */
interface Suspect {
  job: WatchedJob;
  isListed: boolean | undefined;
}

class Round {
  pauseMs = 0;
  /** How long the calls took: the lists one after the other, single ones that found no change side by side. */
  listsMs = 0;
  singlesMs = 0;
  readonly #port: WatchPort;
  readonly #memory: RoundMemory;
  readonly #signal: AbortSignal;
  /** What the jobs themselves said otherwise than the list, by status. */
  readonly #contradictions = new Map<string, Contradictions>();
  #failuresInARow = 0;
  /** What ended the round. */
  #error: unknown;

  constructor(port: WatchPort, memory: RoundMemory, signal: AbortSignal) {
    this.#port = port;
    this.#memory = memory;
    this.#signal = signal;
  }

  /** Of the jobs known to have this status those that are to be asked for: the list lacks them, or there is none and they are due. */
  async suspects(status: string, jobs: readonly WatchedJob[]): Promise<Suspect[]> {
    const use = this.#memory.list(status);
    const begunAt = performance.now();
    const due = jobs.filter((job) => job.isDue(begunAt)).map((job) => ({ job, isListed: undefined }));
    const dueIds = new Set(due.map(({ job }) => job.request.jobId));
    if (this.#error !== undefined || !use.isUsed(dueIds.size, this.#memory.singleMs, begunAt)) return due;
    let listed: Set<string>;
    try {
      listed = await this.#list(status);
    } catch (error) {
      use.failed(performance.now());
      this.#notePause(error);
      return due;
    }
    const tookMs = performance.now() - begunAt;
    use.took(tookMs);
    this.listsMs += tookMs;
    const suspects = jobs.map((job) => ({ job, isListed: listed.has(job.request.jobId.toLowerCase()) }));
    this.#contradictions.set(status, { all: 0, ofListed: 0 });
    const isSampled = ({ job, isListed }: Suspect) =>
      isListed && job.isDue(begunAt) && begunAt - job.askedAt >= SAMPLED_AFTER_MS;
    const sample = oldest(suspects.filter(isSampled));
    return suspects.filter((suspect) => {
      const { job, isListed } = suspect;
      if (isListed) job.seenUnchanged(begunAt, 'listed');
      return !isListed || suspect === sample || job.isUnconfirmed(begunAt);
    });
  }

  /** A list that ignores its filter holds jobs of other statuses. A job whose entry can't be read is asked for by itself. */
  async #list(status: string): Promise<Set<string>> {
    const { jobs } = await this.#port.listJobs({ status }, { signal: this.#signal, timeoutMs: TIMEOUT_MS.list });
    return new Set(jobs.filter((job) => job.status === status).map(({ id }) => id.toLowerCase()));
  }

  /** Temporal is told meanwhile: what that takes is no time of the API. */
  async ask(jobId: string, suspects: readonly Suspect[]): Promise<void> {
    const missed = (error: unknown, isAsked: boolean) => {
      if (!this.#signal.aborted) for (const { job } of suspects) void job.missed(error, isAsked);
    };
    if (this.#error !== undefined) {
      missed(this.#error, false);
      return;
    }
    const begunAt = performance.now();
    try {
      const job = await this.#port.getJob(jobId, { signal: this.#signal, timeoutMs: TIMEOUT_MS.single });
      const tookMs = performance.now() - begunAt;
      this.#memory.singleTook(tookMs);
      this.#failuresInARow = 0;
      if (suspects.some((suspect) => suspect.job.request.status === job.status)) this.singlesMs += tookMs;
      for (const suspect of suspects) this.#tell(suspect, job, begunAt);
    } catch (error) {
      this.#noteFailure(error);
      missed(error, true);
    }
  }

  #tell({ job: watched, isListed }: Suspect, job: Job, at: number): void {
    const { status } = watched.request;
    const isUnchanged = job.status === status;
    const contradictions = this.#contradictions.get(status);
    if (contradictions && isListed !== undefined && isListed !== isUnchanged) {
      contradictions.all++;
      if (isListed) contradictions.ofListed++;
    }
    if (isUnchanged) watched.seenUnchanged(at, 'asked');
    else void watched.seenChanged(job);
  }

  /** Where the account is refused, or the API overloaded or away, more calls would tell nothing new. */
  #noteFailure(error: unknown): void {
    if (this.#error !== undefined) return;
    this.#notePause(error);
    const isOfJobAlone = error instanceof UnstructuredApiError && !error.retryable && !isRefused(error);
    this.#failuresInARow = isOfJobAlone ? 0 : this.#failuresInARow + 1;
    if (this.#failuresInARow >= MOST_FAILURES_IN_A_ROW || isRefused(error)) this.#error ??= error;
  }

  /** A list may be refused, or fail, where single calls do not: only an overload is one for both. */
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

/** The one that was asked for by itself longest ago: a list that is out of date shows by it. */
function oldest(suspects: readonly Suspect[]): Suspect | undefined {
  let first: Suspect | undefined;
  for (const suspect of suspects) if (!first || suspect.job.askedAt < first.job.askedAt) first = suspect;
  return first;
}

function isRefused(error: unknown): boolean {
  return error instanceof UnstructuredApiError && isCredentialError({ api: error.details });
}

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
