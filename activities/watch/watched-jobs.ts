import type { WatchRequest } from '../../src/core/wait/watch';
import { inParallel } from '../../src/common/in-parallel';
import { lookAtAll, type RoundCost, type WatchPort } from './round';
import { RoundMemory } from './round-memory';
import type { TemporalClient } from './token';
import { WatchedJob, type WatchToken } from './watched-job';

/**
 * The API is asked for at most a twentieth of the time, but no pause for that is longer than two minutes, in milliseconds: the schedule of a
 * wait whose job runs would ask more often.
 */
const ROUND_SHARE = 20;
const LONGEST_PAUSE_MS = 120_000;

/** Most that a pause is lengthened at random, as a part of it: processes begun together do not stay in step. */
const JITTER = 0.1;

/** Number of jobs that are handed back at a time, and the time for all of them, in milliseconds. */
const HAND_BACK = { parallel: 100, mostMs: 10_000 };

/** How a set of jobs is looked at. */
interface WatchTiming {
  /** Shortest time between two rounds, in milliseconds. */
  tickMs: number;
  /** 0 to 1. */
  random: () => number;
}

/** The jobs of one account that waits have this process watch: one round of calls for all of them, again and again. */
export class WatchedJobs {
  readonly #jobs = new Set<WatchedJob>();
  readonly #memory = new RoundMemory();
  readonly #port: () => WatchPort;
  readonly #timing: WatchTiming;
  /** Whether a round comes, or is under way. */
  #isAwake = false;
  #closing = new AbortController();

  constructor(port: () => WatchPort, timing: WatchTiming) {
    this.#port = port;
    this.#timing = timing;
  }

  /** @param forMs How long from now on */
  add(request: WatchRequest, token: WatchToken, forMs: number): void {
    const job: WatchedJob = new WatchedJob(request, token, forMs, () => this.#jobs.delete(job), this.#timing);
    this.#jobs.add(job);
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#lookLater(this.#timing.tickMs);
  }

  /** Gives back to Temporal what a worker holds that stops. */
  async handBack(client: TemporalClient): Promise<void> {
    const jobs = [...this.#jobs].filter(({ token }) => token.client === client);
    const signal = AbortSignal.timeout(HAND_BACK.mostMs);
    await inParallel(HAND_BACK.parallel, jobs, signal, (job) => job.handBack()).catch(() => undefined); // else their leases end
  }

  /** Ends the round under way, and forgets what is left: its leases end. */
  close(): void {
    for (const job of this.#jobs) job.letGo();
    this.#jobs.clear();
    this.#closing.abort();
    this.#closing = new AbortController();
  }

  #lookLater(ms: number): void {
    setTimeout(() => void this.#look(), ms * (1 + JITTER * this.#timing.random())).unref();
  }

  async #look(): Promise<void> {
    if (this.#jobs.size === 0) {
      this.#isAwake = false;
      return;
    }
    const { askedMs, pauseMs } = await this.#lookAtAll([...this.#jobs]);
    const shareMs = Math.min(ROUND_SHARE * askedMs, LONGEST_PAUSE_MS);
    this.#lookLater(Math.max(this.#timing.tickMs, shareMs, pauseMs));
  }

  /** A worker that does not know the account any more, as after a close, ends the watches. */
  async #lookAtAll(jobs: readonly WatchedJob[]): Promise<RoundCost> {
    try {
      return await lookAtAll(jobs, this.#port(), this.#memory, this.#closing.signal);
    } catch (error) {
      await Promise.all(jobs.map((job) => job.fail(error)));
      return { askedMs: 0, pauseMs: 0 };
    }
  }
}
