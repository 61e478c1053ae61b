import { HttpError } from './http-error';

/** Fewest bytes that must pass while the network is waited for so long, in milliseconds. */
export interface Rate {
  bytes: number;
  per: number;
}

/**
 * Watches that a transfer does not trickle. Only time in which the network is waited for counts: it stands still while whoever reads, or the
 * document that is sent, takes its time.
 */
export class Pace {
  readonly #rate: Rate;
  readonly #tooSlow: (error: HttpError) => void;
  #timer: NodeJS.Timeout | undefined;
  /** Of the time at hand: what has passed, and for how long the network was waited for before its turn now. */
  #bytes = 0;
  #waitedMs = 0;
  #begunAt = 0;
  #isOver = false;

  /** @param tooSlow Told once, at the end of a time in which too little passed */
  constructor(rate: Rate, tooSlow: (error: HttpError) => void) {
    this.#rate = rate;
    this.#tooSlow = tooSlow;
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The network is waited for. */
  begin(): void {
    if (this.#isOver || this.#timer || this.#rate.bytes === 0) return;
    this.#begunAt = performance.now();
    this.#timer = setTimeout(() => this.#judge(), Math.max(0, this.#rate.per - this.#waitedMs));
  }

  /** It is somebody else's turn. */
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
      this.#tooSlow(
        new HttpError('timeout', `the transfer stalled: ${this.#bytes} bytes in ${per} ms, fewer than ${bytes}`),
      );
      return;
    }
    this.#bytes = 0;
    this.#waitedMs = 0;
    this.begin();
  }
}
