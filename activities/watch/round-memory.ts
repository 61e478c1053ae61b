import { ListUse } from './list-use';

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
