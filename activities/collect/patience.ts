import { UnstructuredApiError } from '../../src/core/errors';
import { isoTime } from '../../src/core/instant';
import { isForeignRefusal } from '../support/storage-failure';
import { concernsAll, isBadOutput, isCredential, isUnanswered, mayPassByItself } from './output-errors';

/** How often one attempt of the activity tries one output. */
export const TRIES = 2;

/** If this many different outputs fail in a row, with none saved in between, the service is down. */
export const OUTAGE_AFTER = 5;

const MINUTE = 60_000;

/** Why an output is tried again. The first two concern all outputs, which share one row of failures. For the others, each output has its own row. */
type Cause = 'outage' | 'credentials' | 'unanswered' | 'output';

/** Longest time from the first to the last failure in a row of one cause, in milliseconds. */
const PATIENCE: Readonly<Record<Cause, number>> = {
  outage: 720 * MINUTE,
  credentials: 60 * MINUTE,
  /** For errors that may concern a single output, although they look like errors of the service. */
  unanswered: 10 * MINUTE,
  output: 2 * MINUTE,
};

/** Error of an output that was not tried. */
export const NOT_TRIED = new Error('the service was down before this output was tried');

/** The place of a row that all outputs share. */
const ALL = -1;

/** Failures without a success in between. Times are on the clock of `triedMs`. */
interface Row {
  cause: Cause;
  /** Time of the first failure by this cause, with no other cause in between. */
  since: number;
  /** Time of the first failure by any cause. */
  begunAt: number;
  failedAt: number;
}

/** What one attempt leaves to the next. */
export interface Tried {
  /** Time spent trying, in milliseconds. */
  triedMs: number;
  /** Rows of failures by the index of their output, or by -1 for all outputs. Absent if nothing fails. */
  rows?: [output: number, row: Row][] | undefined;
}

/** Distinguishes an outage from failures of single outputs, and decides how long to keep trying in each case. */
export class Patience {
  readonly #outageAfter: number;
  readonly #patience: typeof PATIENCE;
  readonly #failed = new Set<number>();
  readonly #rows: Map<number, Row>;
  readonly #begunAt: number;
  #last: { output: number; error: unknown } | undefined;

  /** @param before What the earlier attempts left */
  constructor(outputs: number, { triedMs, rows = [] }: Tried, credentialBudgetMs: number = PATIENCE.credentials) {
    this.#patience = { ...PATIENCE, credentials: credentialBudgetMs };
    this.#outageAfter = Math.min(OUTAGE_AFTER, outputs);
    this.#begunAt = performance.now() - triedMs;
    this.#rows = new Map(rows);
  }

  get soFar(): Tried {
    const triedMs = this.#triedMs;
    return this.#rows.size === 0 ? { triedMs } : { triedMs, rows: [...this.#rows] };
  }

  saved(): void {
    this.#rows.clear();
    this.answered();
  }

  /** The service is up: what failed before is no outage. */
  answered(): void {
    this.#failed.clear();
    this.#last = undefined;
  }

  failed(output: number, error: unknown): void {
    if (!isBadOutput(error) && (isUnanswered(error) || isCredential(error) || concernsAll(error))) {
      this.#failed.add(output);
      this.#last = { output, error };
    }
    const cause = this.#causeOf(error);
    if (cause === undefined) return;
    this.#note(placeOf(output, cause), cause);
    if (!isOfAll(cause) || !this.isOut()) return;
    // While all outputs fail, the earlier failures of a single output no longer count.
    for (const place of this.#rows.keys()) if (place !== ALL) this.#rows.delete(place);
  }

  /** Whether the remaining outputs would fail as well, and there is still time to wait. */
  isOut(): boolean {
    if (this.#last === undefined) return false;
    const { output, error } = this.#last;
    return this.#isOutage(error) && this.mayPass(output, error);
  }

  /** Whether the API gave no answer, and too few outputs are left to tell an outage by them. */
  get isUndecided(): boolean {
    const { error } = this.#last ?? {};
    return error instanceof UnstructuredApiError && isUnanswered(error) && !this.#isOutage(error);
  }

  /** Whether an output is tried again. A budget counts up to the last failure, not up to now, because other outputs may take long. */
  mayPass(output: number, error: unknown): boolean {
    if (error === NOT_TRIED) return true;
    const cause = this.#causeOf(error);
    if (cause === undefined) return false;
    const row = this.#rows.get(placeOf(output, cause));
    const ofCauseMs = row?.cause === cause ? row.failedAt - row.since : 0;
    const ofAnyMs = row ? row.failedAt - row.begunAt : 0;
    const { outage, credentials, unanswered } = this.#patience;
    return ofCauseMs < this.#patience[cause] && ofAnyMs < (isOfAll(cause) ? outage + credentials : unanswered);
  }

  /** When the time for a refused key or credential ends, ISO-8601; null for any other error. */
  credentialsEndAt(error: unknown): string | null {
    if (!isCredential(error)) return null;
    const { since = 0, failedAt = 0 } = this.#rows.get(ALL) ?? {};
    return isoTime(Date.now() + this.#patience.credentials - (failedAt - since));
  }

  get #triedMs(): number {
    return Math.round(performance.now() - this.#begunAt);
  }

  #note(place: number, cause: Cause): void {
    const now = this.#triedMs;
    const row = this.#rows.get(place);
    const since = row?.cause === cause ? row.since : now;
    this.#rows.set(place, { cause, since, begunAt: row?.begunAt ?? now, failedAt: now });
  }

  #isOutage(error: unknown): boolean {
    return this.#failed.size >= this.#outageAfter || concernsAll(error);
  }

  #causeOf(error: unknown): Cause | undefined {
    if (isCredential(error)) return 'credentials';
    if (isBadOutput(error) || isForeignRefusal(error)) return 'unanswered';
    if (isUnanswered(error)) return this.#isOutage(error) ? 'outage' : 'unanswered';
    return mayPassByItself(error) ? 'output' : undefined;
  }
}

/** Whether all outputs share the row of failures by this cause. */
function isOfAll(cause: Cause): boolean {
  return cause === 'outage' || cause === 'credentials';
}

/** The place of the row that counts for an output and a cause. */
function placeOf(output: number, cause: Cause): number {
  return isOfAll(cause) ? ALL : output;
}
