import { ListPolicy } from './list-policy';
import { CONFIRMED_EVERY_MS } from './watched-job';

/** Weight of the newest call in the moving average of call times. */
const NEWEST = 0.1;

/** What rounds learn about the API. */
export class RoundMemory {
  /** Average time of a call for one job, in milliseconds. */
  singleMs: number | undefined;
  /** When the last round began. */
  lastRoundAt: number | undefined;
  readonly #lists = new Map<string, ListPolicy>();

  list(status: string): ListPolicy {
    const policy = this.#lists.get(status) ?? new ListPolicy();
    this.#lists.set(status, policy);
    return policy;
  }

  /**
   * The maximum part of all jobs that a round reads although the list has them. It is the time since the last round, as a part of the time in which
   * each job is confirmed, so that jobs that were added together are not read together.
   */
  sinceLastRound(now: number): number {
    return Math.min(1, this.lastRoundAt === undefined ? 0 : (now - this.lastRoundAt) / CONFIRMED_EVERY_MS);
  }

  singleTook(ms: number): void {
    this.singleMs = this.singleMs === undefined ? ms : this.singleMs + NEWEST * (ms - this.singleMs);
  }
}
