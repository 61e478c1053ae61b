/** With this many jobs of a status, or fewer, each is read by itself. */
const FEWEST_LISTED = 4;

/** How long the list is left alone after it failed again and again, or was found to be dearer than single calls, in milliseconds. */
const PAUSE_MS = 60_000;

/** After this many failures in a row, the list is still read in the next round. */
const MOST_FAILURES = 2;

/** The same if single reads of the jobs contradicted the list again and again. */
const DISTRUST_MS = 600_000;

/** So many rounds in a row that contradict the list, and so large a part of its jobs each, end the trust in it. */
const DISTRUST_AFTER = { rounds: 2, part: 0.1 };

/** How often the jobs themselves said otherwise than the list: in all, and where it had them. */
export interface Contradictions {
  all: number;
  ofListed: number;
}

/**
 * Whether the list of one status is worth a call: the API sends it whole, with the jobs of all others in the workspace. It pays while it takes
 * less time than the single calls that it spares. Times are in milliseconds by any clock that does not go back.
 */
export class ListPolicy {
  #offUntil = -Infinity;
  #listMs: number | undefined;
  #contradicted = 0;
  #failuresInARow = 0;

  /** @param singleMs How long a single call takes, on average; undefined where that is not known */
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

  /** What a round saw. Of the jobs that the list had few are asked, so one is enough for the round to contradict it. */
  compared({ all, ofListed }: Contradictions, jobs: number, now: number): void {
    this.#contradicted = ofListed > 0 || all > DISTRUST_AFTER.part * jobs ? this.#contradicted + 1 : 0;
    if (this.#contradicted < DISTRUST_AFTER.rounds) return;
    this.#contradicted = 0;
    this.#offUntil = now + DISTRUST_MS;
  }
}
