const SAMPLE_EVERY_MS = 10;

/** The resident memory of this process above what it was at the begin, sampled all the time. */
export class MemoryMeter {
  readonly #idle = process.memoryUsage.rss();
  #peak = this.#idle;
  readonly #timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);

  /** Stops. @returns the peak above the begin, in bytes */
  end(): number {
    this.#sample();
    clearInterval(this.#timer);
    return this.#peak - this.#idle;
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }
}
