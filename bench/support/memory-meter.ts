const SAMPLE_EVERY_MS = 10;

/** Peak of this process's resident memory above what it was when idle, sampled all the time. Memory that is not given back counts on. */
export class MemoryMeter {
  readonly #idle = process.memoryUsage.rss();
  #peak = 0;

  constructor() {
    setInterval(() => this.#sample(), SAMPLE_EVERY_MS).unref();
  }

  /** The peak so far, in bytes. */
  peak(): number {
    this.#sample();
    return this.#peak;
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss() - this.#idle);
  }
}
