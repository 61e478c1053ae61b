import { isCredentialError } from '../../src/core/call-error';
import { UnstructuredApiError } from '../../src/core/errors';
import type { Job } from '../../src/core/job';
import { boundRetryAfter } from '../../src/core/retry-timing';
import { inParallel } from '../support/in-parallel';
import { ListUse } from './list-use';
import type { WatchedJob } from './watched-job';

/** What a watch asks the API. `UnstructuredClient` has it. */
export interface WatchPort {
  getJob(jobId: string, options?: { timeoutMs?: number | undefined }): Promise<Job>;
  listJobs(filter: { status: string }, options?: { timeoutMs?: number | undefined }): Promise<Job[]>;
}

/** So many jobs are asked for side by side. */
const PARALLEL = 8;

/** Longest time of a call, in milliseconds. */
const TIMEOUT_MS = { single: 20_000, list: 60_000 };

/** So many calls in a row that fail end the round: the next one finds out whether the API is back. */
const MOST_FAILURES_IN_A_ROW = 8;

/** The pause where the API says that there are too many calls, and not for how long, in milliseconds. */
const OVERLOAD_PAUSE_MS = 30_000;

/** Weight of the newest call in the average of how long one takes. */
const NEWEST = 0.1;

/** What rounds learn of the API. */
export class RoundMemory {
  /** How long a call for one job takes, on average, in milliseconds. */
  singleMs: number | undefined;
  readonly #lists = new Map<string, ListUse>();

  list(status: string): ListUse {
    const use = this.#lists.get(status) ?? new ListUse();
    this.#lists.set(status, use);
    return use;
  }

  singleTook(ms: number): void {
    this.singleMs = this.singleMs === undefined ? ms : this.singleMs + NEWEST * (ms - this.singleMs);
  }
}

/**
 * Looks once at all jobs. A job that the list of its status has is taken for unchanged; every other is asked for by itself, and only that
 * tells a change. Never throws: each job is told what it missed.
 *
 * @returns the pause that the API asks for, in milliseconds
 */
export async function lookAtAll(jobs: readonly WatchedJob[], port: WatchPort, memory: RoundMemory): Promise<number> {
  const round = new Round(port, memory);
  const suspects: Suspect[] = [];
  for (const [status, group] of groupBy(jobs, ({ request }) => request.status))
    suspects.push(...(await round.suspects(status, group)));
  const byId = groupBy(suspects, ({ job }) => job.request.jobId);
  await inParallel(PARALLEL, [...byId], new AbortController().signal, ([id, group]) => round.ask(id, group));
  round.compare(jobs);
  return round.pauseMs;
}

/** A job that is asked for by itself, and what the list said; undefined where none was asked for. */
interface Suspect {
  job: WatchedJob;
  isListed: boolean | undefined;
}

class Round {
  pauseMs = 0;
  readonly #port: WatchPort;
  readonly #memory: RoundMemory;
  /** How often the jobs themselves said otherwise than the list, by status. */
  readonly #contradictions = new Map<string, number>();
  #failuresInARow = 0;
  /** What ended the round. */
  #error: unknown;

  constructor(port: WatchPort, memory: RoundMemory) {
    this.#port = port;
    this.#memory = memory;
  }

  /** Of the jobs known to have this status those that are to be asked for: the list lacks them, or there is none and they are due. */
  async suspects(status: string, jobs: readonly WatchedJob[]): Promise<Suspect[]> {
    const use = this.#memory.list(status);
    const begunAt = performance.now();
    const due = jobs.filter((job) => job.isDue(begunAt)).map((job) => ({ job, isListed: undefined }));
    if (this.#error !== undefined || !use.isUsed(due.length, this.#memory.singleMs, begunAt)) return due;
    let listed: Set<string>;
    try {
      listed = await this.#list(status);
      use.took(performance.now() - begunAt);
    } catch (error) {
      use.failed(performance.now());
      this.#noteFailure(error);
      return due;
    }
    const suspects = jobs.map((job) => ({ job, isListed: listed.has(job.request.jobId.toLowerCase()) }));
    this.#contradictions.set(status, 0);
    return suspects.filter(({ job, isListed }) => {
      if (isListed) job.seenUnchanged(begunAt, 'listed');
      return !isListed || job.isUnconfirmed(begunAt);
    });
  }

  /** A list that ignores its filter holds jobs of other statuses. */
  async #list(status: string): Promise<Set<string>> {
    const jobs = await this.#port.listJobs({ status }, { timeoutMs: TIMEOUT_MS.list });
    return new Set(jobs.filter((job) => job.status === status).map(({ id }) => id.toLowerCase()));
  }

  /** Temporal is told meanwhile: what that takes is no time of the API. */
  async ask(jobId: string, suspects: readonly Suspect[]): Promise<void> {
    const begunAt = performance.now();
    const missed = (error: unknown) => suspects.forEach((suspect) => void suspect.job.missed(error));
    if (this.#error !== undefined) {
      missed(this.#error);
      return;
    }
    try {
      const job = await this.#port.getJob(jobId, { timeoutMs: TIMEOUT_MS.single });
      this.#memory.singleTook(performance.now() - begunAt);
      this.#failuresInARow = 0;
      for (const suspect of suspects) this.#tell(suspect, job, begunAt);
    } catch (error) {
      this.#noteFailure(error);
      missed(error);
    }
  }

  #tell({ job: watched, isListed }: Suspect, job: Job, at: number): void {
    const { status } = watched.request;
    const isUnchanged = job.status === status;
    if (isListed !== undefined && isListed !== isUnchanged)
      this.#contradictions.set(status, (this.#contradictions.get(status) ?? 0) + 1);
    if (isUnchanged) watched.seenUnchanged(at, 'asked');
    else void watched.seenChanged(job);
  }

  /** Where the account is refused, or the API overloaded or away, more calls would tell nothing new. */
  #noteFailure(error: unknown): void {
    if (this.#error !== undefined) return;
    const { kind, retryAfterMs = OVERLOAD_PAUSE_MS } =
      error instanceof UnstructuredApiError ? error.details : { kind: undefined };
    const isOverload = kind === 'rateLimit';
    if (isOverload) this.pauseMs = boundRetryAfter(retryAfterMs);
    const isLast = ++this.#failuresInARow >= MOST_FAILURES_IN_A_ROW;
    if (isOverload || isLast || isRefused(error)) this.#error = error;
  }

  compare(jobs: readonly WatchedJob[]): void {
    for (const [status, contradictions] of this.#contradictions) {
      const all = jobs.filter(({ request }) => request.status === status).length;
      this.#memory.list(status).compared(contradictions, all, performance.now());
    }
  }
}

function isRefused(error: unknown): boolean {
  if (!(error instanceof UnstructuredApiError)) return false;
  const { type, message, retryable, details } = error;
  return isCredentialError({ type, message, retryable, api: details });
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
