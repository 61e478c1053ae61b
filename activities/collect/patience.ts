import { ApplicationFailure } from '@temporalio/common';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { type ErrorKind, isKeyRefused, isPassing, UnstructuredApiError } from '../../src/core/errors';
import { isoTime } from '../../src/core/instant';
import { CONTENT_NOT_DECODED, type LostOutput, OUTPUT_NOT_JSON } from '../../src/core/output';
import { retryDelayMs } from '../../src/core/retry-timing';
import type { CollectItem } from '../../src/core/run/collect';
import { storageAnswer, isStorageError } from '../../src/core/storage-error';
import { oneLine } from '../../src/core/values';
import { isForeignRefusal } from '../support/storage-failure';

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

/**
 * A 404 may pass too: outputs were seen to appear a moment after COMPLETED. So may any other 4xx, because the job exists and its output was promised.
 */
const MAY_PASS: readonly ErrorKind[] = ['notFound', 'request', 'validation'];

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
    const kind = errorKind(error);
    if (isCredential(error)) return 'credentials';
    if (isBadOutput(error) || isForeignRefusal(error)) return 'unanswered';
    if (isUnanswered(error)) return this.#isOutage(error) ? 'outage' : 'unanswered';
    return kind && MAY_PASS.includes(kind) ? 'output' : undefined;
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

/**
 * Whether the API answered with data that can never be read, or with "not now". Such an error concerns only this output, however many outputs have
 * one.
 */
function isBadOutput(error: unknown): boolean {
  if (!(error instanceof UnstructuredApiError)) return false;
  const { code } = error.details;
  return code === OUTPUT_NOT_JSON || code === CONTENT_NOT_DECODED || isPassing(error.details);
}

/** Whether an error cannot concern a single output. */
function concernsAll(error: unknown): boolean {
  const kind = errorKind(error);
  const isNotSent = error instanceof UnstructuredApiError && error.details.notSent === true;
  const isOneOutputs = kind === 'permission' || kind === 'paymentRequired'; // as far as a single answer shows
  return (isCredential(error) && !isOneOutputs) || kind === 'rateLimit' || isNotSent;
}

/** Whether the API refuses the key, or the storage refuses the credential. Either may be renewed. */
function isCredential(error: unknown): boolean {
  if (isStorageError(error)) return error.details.kind === 'credential';
  return error instanceof UnstructuredApiError && isKeyRefused(error.details);
}

/** Whether the API or the storage gave no definite answer. */
function isUnanswered(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.nonRetryable !== true;
  if (isStorageError(error)) return error.retryable;
  return !(error instanceof UnstructuredApiError) || error.retryable;
}

function errorKind(error: unknown): ErrorKind | undefined {
  return error instanceof UnstructuredApiError ? error.details.kind : undefined;
}

/**
 * Whether a later run may fetch the lost output. If not, it is lost for good.
 * @param isNothingSaved Whether every output failed. An error of one of them that concerns the target or the service then concerns all
 */
export function isForLater(error: unknown, isNothingSaved: boolean): boolean {
  return concernsAll(error) || isCredential(error) || (isNothingSaved && isOfNoOutput(error));
}

/** Whether an error concerns the target or the service, and says nothing about the output at the API. */
function isOfNoOutput(error: unknown): boolean {
  const isNotOfApi = !(error instanceof UnstructuredApiError); // including errors that a user's own sink throws
  return isNotOfApi || (isUnanswered(error) && !isBadOutput(error));
}

export function pauseMs(tries: number, error: unknown): number {
  const says = error instanceof UnstructuredApiError || isStorageError(error) ? error.details : undefined;
  const hint = says?.retryAfterMs;
  return retryDelayMs(tries, hint, Math.random());
}

export function lostOutput(jobId: string, { fileId, nodeId }: CollectItem, error: unknown): LostOutput {
  const answer = isStorageError(error) ? storageAnswer(error.details) : {};
  return { jobId, fileId, nodeId, ...describeError(error), ...answer };
}

/** An error in a form for people. */
export function describeError(error: unknown): { type: string; message: string } {
  return { type: errorShape(error).name, message: oneLine(errorMessage(error)).slice(0, 300) };
}
