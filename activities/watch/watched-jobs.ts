import type { WatchRequest } from '../../src/core/wait/watch';
import { inParallel } from '../../src/common/in-parallel';
import { lookAtAll, type RoundCost } from './round';
import type { WatchPort } from './watch-port';
import { RoundMemory } from './round-memory';
import type { TemporalClient } from './token';
import { WatchedJob, type WatchToken } from './watched-job';

/**
 * The calls of rounds, as {@link RoundCost} counts them, take at most a twentieth of the time. The pause that this requires is at most two minutes,
 * in milliseconds: with a longer one, the schedule of a wait for a running job would check more often.
 */
const ROUND_SHARE = 20;
const LONGEST_PAUSE_MS = 120_000;

/** Largest random extension of a pause, as a fraction of the pause, so that processes that began together do not stay in step. */
const JITTER = 0.1;

/**
 * Number of jobs that are handed back at a time, and the time for all of them, in milliseconds. If Temporal does not accept one within `turnMs`, it is
 * repeated in the background, and the next one has its turn.
 */
const HAND_BACK = { parallel: 100, turnMs: 2_000, mostMs: 10_000 };

/** Timing of the rounds for a set of jobs. */
interface WatchTiming {
  /** Shortest time between two rounds, in milliseconds. */
  tickMs: number;
  /** 0 to 1. */
  random: () => number;
}

/** The jobs of one account that this process watches for waits. Repeated rounds of calls look at all of them. */
export class WatchedJobs {
  /** A job stays here until Temporal has accepted the report that ends its watch. */
  readonly #jobs = new Set<WatchedJob>();
  readonly #memory = new RoundMemory();
  readonly #port: () => WatchPort;
  readonly #timing: WatchTiming;
  /** Whether a round is planned or in progress. */
  #isAwake = false;
  #closing = new AbortController();

  constructor(port: () => WatchPort, timing: WatchTiming) {
    this.#port = port;
    this.#timing = timing;
  }

  /** @param forMs How long the job is watched from now on */
  add(request: WatchRequest, token: WatchToken, forMs: number): void {
    const job: WatchedJob = new WatchedJob(request, token, forMs, () => this.#jobs.delete(job), this.#timing);
    this.#jobs.add(job);
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#lookLater(this.#timing.tickMs);
  }

  /**
   * Hands back to Temporal the activities of a worker that stops, and waits for the other reports that Temporal has not accepted yet. What is left
   * when the time is over is repeated in the background, until its lease ends. Keeps the process alive meanwhile.
   */
  async handBack(client: TemporalClient): Promise<void> {
    const jobs = [...this.#jobs].filter(({ token }) => token.client === client);
    const untried = jobs.filter(({ isWatched }) => isWatched);
    const pending = jobs.filter(({ isWatched }) => !isWatched).map((job) => job.handBack());
    const timeOver = new AbortController();
    const handedBack = inParallel(HAND_BACK.parallel, untried, timeOver.signal, async (job) => {
      const ended = job.handBack();
      pending.push(ended);
      await Promise.race([ended, later(HAND_BACK.turnMs)]);
    });
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise((resolve) => {
      timer = setTimeout(resolve, HAND_BACK.mostMs);
    });
    await Promise.race([handedBack.then(() => Promise.all(pending)), bound]);
    timeOver.abort();
    clearTimeout(timer);
  }

  /** Ends the round in progress, and drops the remaining jobs, so that their leases end. */
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
    const { askedMs, pauseMs } = await this.#lookAtAll([...this.#jobs].filter(({ isWatched }) => isWatched));
    const shareMs = Math.min(ROUND_SHARE * askedMs, LONGEST_PAUSE_MS);
    this.#lookLater(Math.max(this.#timing.tickMs, shareMs, pauseMs));
  }

  /** If the account is no longer known, as after a close, the watches end. */
  async #lookAtAll(jobs: readonly WatchedJob[]): Promise<RoundCost> {
    try {
      return await lookAtAll(jobs, this.#port(), this.#memory, this.#closing.signal);
    } catch (error) {
      for (const job of jobs) void job.fail(error);
      return { askedMs: 0, pauseMs: 0 };
    }
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}
