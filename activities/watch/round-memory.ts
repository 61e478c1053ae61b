import { ListPolicy } from './list-policy';
import { CONFIRMED_EVERY_MS } from './watched-job';

/** Weight of the newest call in the average of how long one takes. */
const NEWEST = 0.1;

/** What rounds learn of the API. */
export class RoundMemory {
  /** How long a call for one job takes, on average, in milliseconds. */
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
   * The part of all jobs that a round asks for at most although the list has them: as much as of the time in which each is confirmed has passed,
   * so that those begun together are not asked for together.
   */
  sinceLastRound(now: number): number {
    return Math.min(1, this.lastRoundAt === undefined ? 0 : (now - this.lastRoundAt) / CONFIRMED_EVERY_MS);
  }

  singleTook(ms: number): void {
    this.singleMs = this.singleMs === undefined ? ms : this.singleMs + NEWEST * (ms - this.singleMs);
  }
}
