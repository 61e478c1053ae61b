import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { otherFailure, toApplicationFailure } from '../../src/common/failure';
import { errorMessage, errorShape } from '../../src/core/error-shape';
import { UnstructuredApiError } from '../../src/core/errors';
import { type Job, verdictOf } from '../../src/core/job';
import type { JobCheck } from '../../src/core/wait/job-check';
import type { WatchOffer } from '../../src/core/wait/state';
import type { WatchAnswer, WatchRequest } from '../../src/core/wait/watch';
import { jobAnswer } from '../support/job-answer';
import { type ActivityToken, handedBack, HeldToken, type TokenHolder } from './token';

/** What the list says is not believed for longer, in milliseconds; up to half as long again, at random. */
export const CONFIRMED_EVERY_MS = 600_000;

/** A round that comes a little early counts for its time, as a part of the gap between two. */
const EARLY = 0.9;

/** After so many calls in a row that failed the wait takes over; each of its own calls would make an overload worse. */
const MOST_FAILED = { overload: 10, other: 3 };

/**
 * So does it at the next call that fails, or is not made, once nothing was seen of the job for so long, in milliseconds. An overload may have the
 * API ask for pauses of five minutes.
 */
const LONGEST_UNSEEN_MS = { overload: 900_000, other: 300_000 };

/** An activity that watches a job. */
export interface WatchToken extends ActivityToken {
  /** When it was scheduled by the clock of Temporal's server, in milliseconds since the epoch. */
  scheduledAt: number;
}

/** A job that one wait has this process watch. Times are milliseconds of a clock that does not go back. */
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
  /** What the last round brought, and when, in milliseconds since the epoch. */
  #heard = 'not asked for yet';
  #heardAt = Date.now();

  /** @param lost Called once this worker reports no more to the wait */
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

  details(): string {
    return `${new Date(this.#heardAt).toISOString()} ${this.request.status}, ${this.#heard}`;
  }

  over(): void {
    void this.#answer(null);
  }

  /** When this job was last asked for alone, and answered. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** Whether a call for this job alone is allowed by now. */
  isDue(now: number): boolean {
    return now - this.#askedAt >= EARLY * this.request.gapMs;
  }

  /** Whether such a call is needed, though the list has the job. */
  isUnconfirmed(now: number): boolean {
    return now - this.#askedAt >= this.#confirmedEveryMs;
  }

  /** It had the status that the wait knows, at `at`. */
  seenUnchanged(at: number, how: 'listed' | 'asked'): void {
    this.#seenAt = at;
    this.#failures = 0;
    if (how === 'asked') this.#askedAt = at;
    this.#hear(how);
  }

  /** It has another status: that ends the watch. */
  async seenChanged(job: Job): Promise<void> {
    try {
      await this.#answer(jobAnswer(job, this.request) as JobCheck);
    } catch (error) {
      await this.fail(error);
    }
  }

  /**
   * Nothing came in this round. What would not pass by itself is the wait's to judge, at once.
   * @param isAsked Whether the call was for this job; else the round had ended before
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
    this.lost();
    await this.#held.fail(watchFailure(error));
  }

  async handBack(): Promise<void> {
    await this.fail(handedBack(this.random()));
  }

  /** The wait gets no more reports from here: its lease ends. */
  letGo(): void {
    this.#held.letGo();
  }

  #hear(what: string): void {
    this.#heard = what;
    this.#heardAt = Date.now();
  }

  async #answer(check: JobCheck | null): Promise<void> {
    this.lost();
    const seenAt = this.#seenAt === null ? null : Math.round(this.token.scheduledAt + this.#seenAt - this.#addedAt);
    const watch = offerFor(check?.job.status ?? this.request.status, { tickMs: this.#tickMs });
    await this.#held.complete({ check, seenAt, watch } satisfies WatchAnswer);
  }
}

/** What a watch is offered for: a job that goes on, as this version knows. */
export function offerFor(status: string, offer: WatchOffer | null): WatchOffer | null {
  const verdict = verdictOf(status);
  return verdict === 'queued' || verdict === 'running' ? offer : null;
}

/** A failure that ends a watch for good: Temporal would repeat another one without end. */
export function watchFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const options = { nonRetryable: true, category: ApplicationFailureCategory.BENIGN };
  if (error instanceof UnstructuredApiError) return toApplicationFailure(error, options);
  const { name, message } = errorShape(error);
  return otherFailure(name, message, options);
}
