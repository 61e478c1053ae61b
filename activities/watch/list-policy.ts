/** If fewer jobs than this have a status, each is read individually. */
const FEWEST_LISTED = 4;

/**
 * How long the list is not used after repeated failures, or after it proved more expensive than individual reads, in milliseconds. The pause doubles
 * each time in a row, up to the longest.
 */
const PAUSE_MS = { first: 60_000, longest: 960_000 };

/** Up to this many failures in a row, the list is still read in the next round. */
const MOST_FAILURES = 2;

/** How long the list is not used after individual reads repeatedly contradicted it, in milliseconds. */
const DISTRUST_MS = 600_000;

/** The list is not trusted after this many rounds in a row contradict it. Missing jobs count if they are more than this part of all jobs. */
const DISTRUST_AFTER = { rounds: 2, missing: 0.1 };

/** What shows that a list is wrong. */
export interface Contradictions {
  /** Number of jobs that the list lacks although they have its status. */
  missing: number;
  /** Number of jobs that the list still has although an individual read in an earlier round saw another status. */
  outdated: number;
}

/**
 * Decides whether the list of one status is worth a call. The API sends the whole list, including the jobs of all other users of the workspace. The
 * list is worth it if it takes less time than the individual reads that it replaces. Times are in milliseconds, by any monotonic clock.
 */
export class ListPolicy {
  #offUntil = -Infinity;
  #listMs: number | undefined;
  /** When a list that is too expensive is measured again; undefined until it proves too expensive. */
  #measuredAgainAt: number | undefined;
  #expensiveInARow = 0;
  #contradicted = 0;
  #failuresInARow = 0;
  /** Ids, in lower case, of jobs that the last list had although they had changed by then or soon afterwards. */
  #changed = new Set<string>();

  /** @param singleMs Average time of an individual read; undefined if unknown */
  isUsed(jobs: number, singleMs: number | undefined, now: number): boolean {
    if (jobs < FEWEST_LISTED || now < this.#offUntil) return false;
    if (this.#listMs === undefined || singleMs === undefined) return true;
    if (this.#listMs <= jobs * singleMs) {
      this.#expensiveInARow = 0;
      return true;
    }
    this.#measuredAgainAt ??= now + pauseMs(++this.#expensiveInARow);
    return now >= this.#measuredAgainAt;
  }

  took(ms: number): void {
    this.#listMs = ms;
    this.#measuredAgainAt = undefined;
    this.#failuresInARow = 0;
  }

  failed(now: number): void {
    this.#failuresInARow++;
    const pauses = this.#failuresInARow - MOST_FAILURES;
    if (pauses > 0) this.#offUntil = now + pauseMs(pauses);
  }

  /** Records that a job on the list was read and has another status. It may have changed after the list: only the next list can show which. */
  changed(jobId: string): void {
    this.#changed.add(jobId.toLowerCase());
  }

  /** Number of the jobs recorded by {@link changed} that this newer list still has. Each of them counts once. */
  outdated(listed: ReadonlySet<string>): number {
    const outdated = [...this.#changed].filter((id) => listed.has(id)).length;
    this.#changed.clear();
    return outdated;
  }

  /** Records the contradictions of a round. Few of the jobs on the list are read, so one that is outdated is enough for the round to count. */
  compared({ missing, outdated }: Contradictions, jobs: number, now: number): void {
    this.#contradicted = outdated > 0 || missing > DISTRUST_AFTER.missing * jobs ? this.#contradicted + 1 : 0;
    if (this.#contradicted < DISTRUST_AFTER.rounds) return;
    this.#contradicted = 0;
    this.#offUntil = now + DISTRUST_MS;
  }
}

/** @param times How often in a row the list was paused, with this pause */
function pauseMs(times: number): number {
  return Math.min(PAUSE_MS.first * 2 ** (times - 1), PAUSE_MS.longest);
}
