import { type Duration, durationToMs } from '../../src/common/duration';
import { anyThat, duration, readOption, refuseUnknown } from '../../src/core/option-rules';
import { given, isObject } from '../../src/core/values';
import type { WatchOffer } from '../../src/core/wait/state';
import type { WatchPort } from './watch-port';
import { isTimeSkipping } from './time-skipping';
import type { TemporalClient } from './token';
import { WatchedJobs } from './watched-jobs';

/** How a worker watches the jobs of waits. */
export interface WatchOptions {
  /** Shortest time between two rounds of checks of an account's jobs: 1 second to 1 minute. @default '10 seconds' */
  tick?: Duration | undefined;
}

const DEFAULT_TICK_MS = 10_000;

/** The upper bound is low enough that a wait with the longest gap is still watched while its job runs. */
const TICK = duration(1_000, 60_000);

const WATCH = anyThat("false or an object such as { tick: '10 seconds' }", (value): value is WatchOptions =>
  isObject(value),
);

/** All watches of a worker process: a set of jobs for each account. */
export class Watches {
  readonly #tickMs: number;
  /** Whether this worker offers watches, and takes those that another worker has offered. */
  readonly isOffered: boolean;
  readonly #random: () => number;
  readonly #byPort = new Map<WatchPort, WatchedJobs>();
  readonly #stopping = new WeakSet<TemporalClient>();

  /**
   * @param options false watches nothing: a job for which another worker has offered a watch returns to the wait's own schedule
   * @throws UnstructuredValidationError naming the option and the value
   */
  constructor(options: WatchOptions | false = {}, random: () => number = Math.random) {
    this.#tickMs = options === false ? DEFAULT_TICK_MS : readTick(options);
    this.isOffered = options !== false;
    this.#random = random;
  }

  /**
   * The offer of this worker. null while it stops, and if the server skips time, because a watch would stop its clock.
   * @param warn Called with the reason if the server may skip time
   */
  async offer(client: TemporalClient, warn: (reason: string) => void): Promise<WatchOffer | null> {
    if (!this.isOffered || this.isStopping(client) || (await isTimeSkipping(client, warn))) return null;
    return { tickMs: this.#tickMs };
  }

  /** The watched jobs of one account, identified by the client that `port` returns, whether or not a wait names the account. */
  of(port: () => WatchPort): WatchedJobs {
    const client = port();
    const known = this.#byPort.get(client);
    if (known) return known;
    const jobs = new WatchedJobs(port, { tickMs: this.#tickMs, random: this.#random });
    this.#byPort.set(client, jobs);
    return jobs;
  }

  /** Ends the rounds in progress, and drops the watches that could not be handed back. */
  close(): void {
    for (const jobs of this.#byPort.values()) jobs.close();
    this.#byPort.clear();
  }

  isStopping(client: TemporalClient): boolean {
    return this.#stopping.has(client);
  }

  /** Hands back what the worker with this client holds, or what is left of it since an earlier call. The worker takes no more watches. */
  async stop(client: TemporalClient): Promise<void> {
    this.#stopping.add(client);
    await Promise.all([...this.#byPort.values()].map((jobs) => jobs.handBack(client)));
  }
}

function readTick(options: WatchOptions): number {
  const { tick, ...others } = given(readOption('watch', WATCH, options));
  refuseUnknown('watch.', others, []);
  return tick === undefined ? DEFAULT_TICK_MS : readOption('watch.tick', TICK, tick, { toMs: durationToMs });
}
