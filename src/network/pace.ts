/** The lowest rate of a transfer: at least `bytes` in each `per` milliseconds spent waiting for the network. */
export interface Rate {
  bytes: number;
  per: number;
}

/** No slow but honest line transfers less. */
export const LOWEST_RATE: Readonly<Rate> = Object.freeze({ bytes: 12_000, per: 60_000 });

/**
 * Detects a transfer that is too slow. Only the time spent waiting for the network counts. The clock stops while the transfer waits for the reader,
 * or for the document that is sent.
 */
export class Pace {
  readonly #rate: Rate;
  readonly #tooSlow: (figures: string) => void;
  #timer: NodeJS.Timeout | undefined;
  /** For the current period: the bytes transferred, and the time spent waiting for the network before the current wait. */
  #bytes = 0;
  #waitedMs = 0;
  #begunAt = 0;
  #isOver = false;

  /** @param tooSlow Called once, at the end of the first period with too few bytes, with the figures for an error */
  constructor(rate: Rate, tooSlow: (figures: string) => void) {
    this.#rate = rate;
    this.#tooSlow = tooSlow;
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Starts the clock: the transfer now waits for the network. */
  begin(): void {
    if (this.#isOver || this.#timer || this.#rate.bytes === 0) return;
    this.#begunAt = performance.now();
    this.#timer = setTimeout(() => this.#judge(), Math.max(0, this.#rate.per - this.#waitedMs));
  }

  /** Stops the clock: the transfer now waits for the reader or the document. */
  pause(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitedMs += performance.now() - this.#begunAt;
  }

  end(): void {
    this.pause();
    this.#isOver = true;
  }

  #judge(): void {
    const { bytes, per } = this.#rate;
    this.#timer = undefined;
    if (this.#bytes < bytes) {
      this.#isOver = true;
      this.#tooSlow(`${this.#bytes} bytes in ${per} ms, fewer than ${bytes}`);
      return;
    }
    this.#bytes = 0;
    this.#waitedMs = 0;
    this.begin();
  }
}
