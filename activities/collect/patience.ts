import { ApplicationFailure } from '@temporalio/common';
import { messageOf, shapeOf } from '../../src/core/error-shape';
import { type ErrorKind, isPassing, UnstructuredError } from '../../src/core/errors';
import { type LostOutput, OUTPUT_NOT_JSON } from '../../src/core/output';
import { retryDelayMs } from '../../src/core/retry-timing';
import type { CollectItem } from '../../src/core/run/collect';
import { answerOf, isStorageError } from '../../src/core/storage-error';

/** What a transfer failed with. */
export type Trouble = unknown;

/** How often one attempt of the activity tries one output. */
export const TRIES = 2;

/** So many different outputs that fail in a row, with none saved between them, are no trouble of each of them. */
export const OUTAGE_AFTER = 5;

const MINUTE = 60_000;

/** How long it is tried since an output was saved last, in milliseconds. */
const PATIENCE = {
  outage: 720 * MINUTE,
  credentials: 60 * MINUTE,
  /** What may be one output's own, though it looks like the service's. */
  unanswered: 10 * MINUTE,
  output: 2 * MINUTE,
};

/** A 404 may pass, too: outputs were seen to come a moment after COMPLETED. So may any other 4xx: the job is there, and its output was promised. */
const MAY_PASS: readonly ErrorKind[] = ['notFound', 'permission', 'paymentRequired', 'request', 'validation'];

/** Of an output whose turn did not come. */
export const NOT_TRIED = new Error('the service was out before its turn came');

/** Tells an outage from the trouble of single outputs, and how long to be patient with either. */
export class Patience {
  readonly #outageAfter: number;
  readonly #credentialsMs: number;
  readonly #failed = new Set<unknown>();
  #last: Trouble;
  #savedAt: number;

  /** @param triedMs How long earlier attempts tried since an output was saved last */
  constructor(outputs: number, triedMs: number, credentialBudgetMs: number = PATIENCE.credentials) {
    this.#credentialsMs = credentialBudgetMs;
    this.#outageAfter = Math.min(OUTAGE_AFTER, outputs);
    this.#savedAt = performance.now() - triedMs;
  }

  /** How long it was tried since an output was saved last, in milliseconds. */
  get triedMs(): number {
    return Math.round(performance.now() - this.#savedAt);
  }

  saved(): void {
    this.#savedAt = performance.now();
    this.#failed.clear();
    this.#last = undefined;
  }

  failed(output: unknown, trouble: Trouble): void {
    if (isBadOutput(trouble) || (!isUnanswered(trouble) && !concernsAll(trouble))) return;
    this.#failed.add(output);
    this.#last = trouble;
  }

  /** The outputs to come would fare no better, and there is time to wait. */
  isOut(): boolean {
    return this.#isOutage() && this.mayPass(this.#last);
  }

  mayPass(trouble: Trouble): boolean {
    return trouble === NOT_TRIED || this.triedMs < this.#patienceMs(trouble);
  }

  #isOutage(): boolean {
    return this.#failed.size >= this.#outageAfter || concernsAll(this.#last);
  }

  #patienceMs(trouble: Trouble): number {
    const kind = kindOf(trouble);
    if (isCredential(trouble)) return this.#credentialsMs;
    if (isBadOutput(trouble)) return PATIENCE.unanswered;
    if (isUnanswered(trouble)) return this.#isOutage() ? PATIENCE.outage : PATIENCE.unanswered;
    return kind && MAY_PASS.includes(kind) ? PATIENCE.output : 0;
  }
}

/** The API answered, and what it sent can never be read, or says "not now": that is this output's own, however many there are. */
function isBadOutput(trouble: Trouble): boolean {
  if (!(trouble instanceof UnstructuredError)) return false;
  return trouble.details.code === OUTPUT_NOT_JSON || isPassing(trouble.details);
}

/** What can't be about one output. */
function concernsAll(trouble: Trouble): boolean {
  const kind = kindOf(trouble);
  const isNotSent = trouble instanceof UnstructuredError && trouble.details.notSent === true;
  return isCredential(trouble) || kind === 'rateLimit' || isNotSent;
}

/** The API refuses its key, or the place to store its credential: somebody may renew it. */
function isCredential(trouble: Trouble): boolean {
  return kindOf(trouble) === 'authentication' || (isStorageError(trouble) && trouble.kind === 'credential');
}

/** Neither the service nor the place to store gave an answer that says what is wrong. */
function isUnanswered(trouble: Trouble): boolean {
  if (trouble instanceof ApplicationFailure) return trouble.nonRetryable !== true;
  if (isStorageError(trouble)) return trouble.kind !== 'lasting';
  return !(trouble instanceof UnstructuredError) || trouble.retryable;
}

function kindOf(trouble: Trouble): ErrorKind | undefined {
  return trouble instanceof UnstructuredError ? trouble.details.kind : undefined;
}

/** A place that the sink refuses for good. */
export function isRefusal(trouble: Trouble): boolean {
  return isStorageError(trouble) && trouble.kind === 'lasting';
}

export function pauseMs(tries: number, trouble: Trouble): number {
  const says = trouble instanceof UnstructuredError ? trouble.details : isStorageError(trouble) ? trouble : undefined;
  const hint = says?.retryAfterMs;
  return retryDelayMs(tries, hint, Math.random());
}

export function lostOf(jobId: string, { fileId, nodeId }: CollectItem, trouble: Trouble): LostOutput {
  const answer = isStorageError(trouble) ? answerOf(trouble) : {};
  return { jobId, fileId, nodeId, ...told(trouble), ...answer };
}

/** A trouble as people read it. */
export function told(trouble: Trouble): { type: string; message: string } {
  return { type: shapeOf(trouble).name, message: messageOf(trouble).slice(0, 300) };
}
