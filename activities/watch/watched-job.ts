import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { otherFailure, toApplicationFailure } from '../../src/common/failure';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { UnstructuredApiError } from '../../src/core/errors';
import { type Job, verdictOf } from '../../src/core/job';
import type { JobCheck } from '../../src/core/wait/job-check';
import type { WatchOffer } from '../../src/core/wait/state';
import type { WatchAnswer, WatchRequest } from '../../src/core/wait/watch';
import { jobAnswer } from '../support/job-answer';
import { type ActivityToken, HAND_BACK_DELAY_MS, handedBack, HeldToken, type TokenHolder } from './token';

/** How long the list is believed about a job before the job is read individually, in milliseconds. Up to half of that is added at random. */
export const CONFIRMED_EVERY_MS = 600_000;

/** A job is due from this part of its gap on, so that a round that comes slightly early still counts. */
const EARLY = 0.9;

/**
 * Number of failed calls in a row after which the wait takes over. In an overload it is higher, because each call of the wait itself would make the
 * overload worse.
 */
const MOST_FAILED = { overload: 10, other: 3 };

/**
 * If the job has not been seen for this long, in milliseconds, the wait takes over at the next call that fails or is not made. In an overload, the
 * API may ask for pauses of five minutes.
 */
const LONGEST_UNSEEN_MS = { overload: 900_000, other: 300_000 };

/** An activity that watches a job. */
export interface WatchToken extends ActivityToken {
  /** When the activity was scheduled by the clock of Temporal's server, in milliseconds since the epoch. */
  scheduledAt: number;
  /** When Temporal ends the activity for good, in milliseconds from now on; Infinity if it does not. */
  closeMs: number;
}

/** A job that this process watches for one wait. Times are milliseconds of a monotonic clock. */
export class WatchedJob implements TokenHolder {
  readonly request: WatchRequest;
  readonly token: WatchToken;
  readonly random: () => number;
  readonly lost: () => void;
  readonly #held: HeldToken;
  readonly #confirmedEveryMs: number;
  readonly #tickMs: number;
  readonly #addedAt = performance.now();
  #askedAt = this.#addedAt;
  #seenAt: number | null = null;
  #failures = 0;
  /** Outcome of the last round, and its time in milliseconds since the epoch. */
  #heard = 'not asked for yet';
  #heardAt = Date.now();

  /** @param lost Called once this worker makes no more reports to the wait, which includes the repetition of one that failed */
  constructor(
    request: WatchRequest,
    token: WatchToken,
    forMs: number,
    lost: () => void,
    { tickMs, random }: { tickMs: number; random: () => number },
  ) {
    this.request = request;
    this.token = token;
    this.random = random;
    this.#tickMs = tickMs;
    this.#confirmedEveryMs = Math.max(request.gapMs, CONFIRMED_EVERY_MS * (1 + random() / 2));
    this.lost = lost;
    this.#held = new HeldToken(token, this, forMs);
  }

  /** Whether the job is still looked at. Its end may not have been reported yet. */
  get isWatched(): boolean {
    return !this.#held.isOver;
  }

  details(): string {
    return `${new Date(this.#heardAt).toISOString()} ${this.request.status}, ${this.#heard}`;
  }

  over(): void {
    void this.#answer(null);
  }

  /** When this job was last read individually and the API answered. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** Whether a call for this job alone is allowed by now. */
  isDue(now: number): boolean {
    return now - this.#askedAt >= EARLY * this.request.gapMs;
  }

  /** Whether such a call is needed although the list has the job. */
  isUnconfirmed(now: number): boolean {
    return now - this.#askedAt >= this.#confirmedEveryMs;
  }

  /** Records that the job still had, at `at`, the status that the wait knows. */
  seenUnchanged(at: number, how: 'listed' | 'asked'): void {
    this.#seenAt = at;
    this.#failures = 0;
    if (how === 'asked') this.#askedAt = at;
    this.#hear(how);
  }

  /** Reports that the job has another status. This ends the watch. */
  async seenChanged(job: Job): Promise<void> {
    try {
      await this.#answer(jobAnswer(job, this.request) as JobCheck);
    } catch (error) {
      await this.fail(error);
    }
  }

  /**
   * Records that this round brought no answer. An error that would not pass goes to the wait at once.
   * @param isAsked Whether the call was for this job; if not, the round ended before it
   */
  async missed(error: unknown, isAsked: boolean): Promise<void> {
    this.#hear(`failed: ${errorMessage(error)}`);
    const isOurs = error instanceof UnstructuredApiError;
    const isOverload = isOurs && error.details.kind === 'rateLimit';
    if (isAsked || !isOverload) this.#failures++;
    const cause = isOverload ? 'overload' : 'other';
    const isUnseen = performance.now() - (this.#seenAt ?? this.#addedAt) >= LONGEST_UNSEEN_MS[cause];
    const isLast = this.#failures >= MOST_FAILED[cause];
    if (!isOurs || !error.retryable || isLast || isUnseen) await this.fail(error);
  }

  async fail(error: unknown): Promise<void> {
    await this.#held.fail(watchFailure(error));
  }

  /**
   * Hands the activity back to Temporal, or, if its end is being reported, waits for that. If Temporal ends the activity before another worker could
   * take it over, it is let go: a retry that would begin too late ends it as failed.
   */
  async handBack(): Promise<void> {
    const leftMs = this.token.closeMs - (performance.now() - this.#addedAt);
    if (this.isWatched && leftMs <= HAND_BACK_DELAY_MS.longest) {
      this.letGo();
      this.lost();
    } else await this.fail(handedBack(this.random(), this.details()));
  }

  /** Makes no more reports to the wait, so that the lease ends. */
  letGo(): void {
    this.#held.letGo();
  }

  #hear(what: string): void {
    this.#heard = what;
    this.#heardAt = Date.now();
  }

  async #answer(check: JobCheck | null): Promise<void> {
    const seenAt = this.#seenAt === null ? null : Math.round(this.token.scheduledAt + this.#seenAt - this.#addedAt);
    const watch = offerFor(check?.job.status ?? this.request.status, { tickMs: this.#tickMs });
    await this.#held.complete({ check, seenAt, watch } satisfies WatchAnswer);
  }
}

/** A watch is offered only for a status that this version knows as queued or running. */
export function offerFor(status: string, offer: WatchOffer | null): WatchOffer | null {
  const verdict = verdictOf(status);
  return verdict === 'queued' || verdict === 'running' ? offer : null;
}

/** A failure that ends a watch for good. Temporal would retry any other failure, up to ten times. */
export function watchFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const options = { nonRetryable: true, category: ApplicationFailureCategory.BENIGN };
  if (error instanceof UnstructuredApiError) return toApplicationFailure(error, options);
  const { name, message } = errorShape(error);
  return otherFailure(name, message, options);
}
