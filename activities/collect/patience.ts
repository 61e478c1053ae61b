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

/** Longest time spent trying since the last output was saved, in milliseconds. */
const PATIENCE = {
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

/** Distinguishes an outage from failures of single outputs, and decides how long to keep trying in each case. */
export class Patience {
  readonly #outageAfter: number;
  readonly #credentialsMs: number;
  readonly #failed = new Set<unknown>();
  #last: unknown;
  #savedAt: number;

  /** @param triedMs Time that earlier attempts spent trying since the last output was saved */
  constructor(outputs: number, triedMs: number, credentialBudgetMs: number = PATIENCE.credentials) {
    this.#credentialsMs = credentialBudgetMs;
    this.#outageAfter = Math.min(OUTAGE_AFTER, outputs);
    this.#savedAt = performance.now() - triedMs;
  }

  /** Time spent trying since the last output was saved, in milliseconds. */
  get triedMs(): number {
    return Math.round(performance.now() - this.#savedAt);
  }

  saved(): void {
    this.#savedAt = performance.now();
    this.#failed.clear();
    this.#last = undefined;
  }

  failed(output: unknown, error: unknown): void {
    if (isBadOutput(error) || (!isUnanswered(error) && !isCredential(error) && !concernsAll(error))) return;
    this.#failed.add(output);
    this.#last = error;
  }

  /** Whether the remaining outputs would fail as well, and there is still time to wait. */
  isOut(): boolean {
    return this.#isOutage() && this.mayPass(this.#last);
  }

  mayPass(error: unknown): boolean {
    return error === NOT_TRIED || this.triedMs < this.#patienceMs(error);
  }

  /** When the time for a refused key or credential ends, ISO-8601; null for any other error. */
  credentialsEndAt(error: unknown): string | null {
    return isCredential(error) ? isoTime(Date.now() + this.#credentialsMs - this.triedMs) : null;
  }

  #isOutage(): boolean {
    return this.#failed.size >= this.#outageAfter || concernsAll(this.#last);
  }

  #patienceMs(error: unknown): number {
    const kind = errorKind(error);
    if (isCredential(error)) return this.#credentialsMs;
    if (isBadOutput(error) || isForeignRefusal(error)) return PATIENCE.unanswered;
    if (isUnanswered(error)) return this.#isOutage() ? PATIENCE.outage : PATIENCE.unanswered;
    return kind && MAY_PASS.includes(kind) ? PATIENCE.output : 0;
  }
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
