/** If fewer jobs than this have a status, each is read individually. */
const FEWEST_LISTED = 4;

/** How long the list is not used after repeated failures, or after it proved more expensive than individual reads, in milliseconds. */
const PAUSE_MS = 60_000;

/** Up to this many failures in a row, the list is still read in the next round. */
const MOST_FAILURES = 2;

/** How long the list is not used after individual reads repeatedly contradicted it, in milliseconds. */
const DISTRUST_MS = 600_000;

/** The list is not trusted after this many rounds in a row contradict it, each for more than this part of its jobs. */
const DISTRUST_AFTER = { rounds: 2, part: 0.1 };

/** Number of individual reads that contradicted the list: of all jobs, and of jobs that the list has. */
export interface Contradictions {
  all: number;
  ofListed: number;
}

/**
 * Decides whether the list of one status is worth a call. The API sends the whole list, including the jobs of all other users of the workspace. The
 * list is worth it if it takes less time than the individual reads that it replaces. Times are in milliseconds, by any monotonic clock.
 */
export class ListPolicy {
  #offUntil = -Infinity;
  #listMs: number | undefined;
  #contradicted = 0;
  #failuresInARow = 0;

  /** @param singleMs Average time of an individual read; undefined if unknown */
  isUsed(jobs: number, singleMs: number | undefined, now: number): boolean {
    if (jobs < FEWEST_LISTED || now < this.#offUntil) return false;
    if (this.#listMs === undefined || singleMs === undefined || this.#listMs <= jobs * singleMs) return true;
    this.#listMs = undefined; // measured again after the pause
    this.#offUntil = now + PAUSE_MS;
    return false;
  }

  took(ms: number): void {
    this.#listMs = ms;
    this.#failuresInARow = 0;
  }

  failed(now: number): void {
    this.#failuresInARow++;
    if (this.#failuresInARow > MOST_FAILURES) this.#offUntil = now + PAUSE_MS;
  }

  /**
   * Records the contradictions of a round. Few of the jobs on the list are read, so one contradiction among them is enough for the round to count.
   */
  compared({ all, ofListed }: Contradictions, jobs: number, now: number): void {
    this.#contradicted = ofListed > 0 || all > DISTRUST_AFTER.part * jobs ? this.#contradicted + 1 : 0;
    if (this.#contradicted < DISTRUST_AFTER.rounds) return;
    this.#contradicted = 0;
    this.#offUntil = now + DISTRUST_MS;
  }
}
