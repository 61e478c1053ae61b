import { ApplicationFailureCategory } from '@temporalio/common';
import { toApplicationFailure } from '../../src/common/failure';
import { UnstructuredApiError } from '../../src/core/errors';
import type { Job } from '../../src/core/job';
import type { JobCheck } from '../../src/core/wait/job-check';
import type { WatchAnswer, WatchRequest } from '../../src/core/wait/watch';
import { jobAnswer } from '../support/job-answer';
import { type ActivityToken, handedBack, HeldToken } from './token';

/** What the list tells is not believed for longer, in milliseconds; up to half as long again, at random. */
const CONFIRMED_EVERY_MS = 600_000;

/** A round that comes a little early counts for its time, as a part of the gap between two. */
const EARLY = 0.9;

/** After so many rounds in a row that failed the wait takes over; each of its own calls would make an overload worse. */
const MOST_FAILED_ROUNDS = { overload: 10, other: 3 };

/** A job that one wait has this process watch. Times are milliseconds of a clock that does not go back. */
export class WatchedJob {
  readonly request: WatchRequest;
  readonly token: ActivityToken;
  readonly #held: HeldToken;
  readonly #confirmedEveryMs: number;
  readonly #random: () => number;
  readonly #ended: () => void;
  #endTimer: NodeJS.Timeout;
  #askedAt = performance.now();
  #seenAt: number | null = null;
  #failedRounds = 0;
  #lastSeen = 'not asked for yet';

  /** @param ended Told once, when the wait hears no more from here */
  constructor(request: WatchRequest, token: ActivityToken, forMs: number, ended: () => void, random: () => number) {
    this.request = request;
    this.token = token;
    this.#random = random;
    this.#confirmedEveryMs = Math.max(request.gapMs, CONFIRMED_EVERY_MS * (1 + random() / 2));
    this.#ended = ended;
    this.#held = new HeldToken(token, { details: () => this.#lastSeen, lost: () => this.#end(), random });
    this.#endTimer = setTimeout(() => void this.#answer(null), forMs).unref();
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
    this.#failedRounds = 0;
    if (how === 'asked') this.#askedAt = at;
    this.#lastSeen = `${new Date().toISOString()} ${this.request.status}, ${how}`;
  }

  /** It has another status: that ends the watch. */
  async seenChanged(job: Job): Promise<void> {
    try {
      await this.#answer(jobAnswer(job, this.request) as JobCheck);
    } catch (error) {
      await this.fail(error);
    }
  }

  /** Nothing could be had in this round. What would not pass by itself is the wait's to judge, at once. */
  async missed(error: unknown): Promise<void> {
    this.#failedRounds++;
    this.#lastSeen = `${new Date().toISOString()} failed: ${error instanceof Error ? error.message : String(error)}`;
    const isOurs = error instanceof UnstructuredApiError;
    const most = isOurs && error.details.kind === 'rateLimit' ? MOST_FAILED_ROUNDS.overload : MOST_FAILED_ROUNDS.other;
    if (!isOurs || !error.retryable || this.#failedRounds >= most) await this.fail(error);
  }

  async fail(error: unknown): Promise<void> {
    const failure =
      error instanceof UnstructuredApiError
        ? toApplicationFailure(error, { nonRetryable: true, category: ApplicationFailureCategory.BENIGN })
        : (error as Error);
    this.#end();
    await this.#held.fail(failure);
  }

  async handBack(): Promise<void> {
    await this.fail(handedBack(this.#random()));
  }

  async #answer(check: JobCheck | null): Promise<void> {
    this.#end();
    const seenMsAgo = this.#seenAt === null ? null : Math.round(performance.now() - this.#seenAt);
    await this.#held.complete({ check, seenMsAgo } satisfies WatchAnswer);
  }

  #end(): void {
    clearTimeout(this.#endTimer);
    this.#ended();
  }
}
