import type { WatchRequest } from '../../src/core/wait/watch';
import { inParallel } from '../support/in-parallel';
import { lookAtAll, RoundMemory, type WatchPort } from './round';
import type { ActivityToken, TemporalClient } from './token';
import { WatchedJob } from './watched-job';

/** A round takes at most a twentieth of the time. */
const ROUND_SHARE = 20;

/** Most that a pause is lengthened at random, as a part of it: processes begun together do not stay in step. */
const JITTER = 0.1;

/** So many are handed back side by side, and all within this time, in milliseconds. */
const HAND_BACK = { parallel: 100, mostMs: 10_000 };

export interface WatchTiming {
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
  /** Of the round that comes, or is under way. */
  #isAwake = false;

  constructor(port: () => WatchPort, timing: WatchTiming) {
    this.#port = port;
    this.#timing = timing;
  }

  /** @param forMs How long from now on */
  add(request: WatchRequest, token: ActivityToken, forMs: number): void {
    const job: WatchedJob = new WatchedJob(request, token, forMs, () => this.#jobs.delete(job), this.#timing.random);
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

  #lookLater(ms: number): void {
    setTimeout(() => void this.#look(), ms * (1 + JITTER * this.#timing.random())).unref();
  }

  async #look(): Promise<void> {
    if (this.#jobs.size === 0) {
      this.#isAwake = false;
      return;
    }
    const begunAt = performance.now();
    const pauseMs = await this.#lookAtAll([...this.#jobs]);
    const tookMs = performance.now() - begunAt;
    this.#lookLater(Math.max(this.#timing.tickMs, ROUND_SHARE * tookMs, pauseMs));
  }

  /** A worker that does not know the account any more, as after a close, ends the watches. */
  async #lookAtAll(jobs: readonly WatchedJob[]): Promise<number> {
    try {
      return await lookAtAll(jobs, this.#port(), this.#memory);
    } catch (error) {
      await Promise.all(jobs.map((job) => job.fail(error)));
      return 0;
    }
  }
}
