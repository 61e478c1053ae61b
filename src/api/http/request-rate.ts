import { HttpError } from './http-error';

/** Longest time that a request waits for its turn, in milliseconds. A request that would wait longer fails at once, and can be retried later. */
const LONGEST_TURN_MS = 10_000;

/** Spaces the requests of one account in this process evenly. */
export class RequestRate {
  readonly #perSecond: number;
  #nextAt = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Waits for the request's turn. @throws HttpError `rateLimit`, with the time until that turn, if it is too far away */
  async turn(): Promise<void> {
    const now = performance.now();
    const inMs = Math.max(0, this.#nextAt - now);
    if (inMs > LONGEST_TURN_MS)
      throw new HttpError(
        'rateLimit',
        `too many requests in this process for maxRequestsPerSecond ${this.#perSecond}`,
        {
          retryAfterMs: Math.ceil(inMs),
          notSent: true,
        },
      );
    this.#nextAt = now + inMs + 1_000 / this.#perSecond;
    if (inMs > 0) await new Promise((resolve) => setTimeout(resolve, inMs));
  }
}
