import { errors } from 'undici';

/** A request that can be aborted. */
interface Abortable {
  abort(reason: Error): void;
}

/**
 * Limits the time until the head of an answer arrives. undici restarts its own timer after each interim answer (1xx), and a server may send any
 * number of these.
 */
export class HeadTime {
  readonly #ms: number;
  #begunAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms The time limit for the head; 0 for none */
  constructor(ms: number | null | undefined) {
    this.#ms = ms ?? 0;
  }

  /** Call when the request is sent. */
  begin(): void {
    this.end();
    this.#begunAt = performance.now();
  }

  /** Call when an interim answer arrives. From the first one on, this timer applies. */
  interim(request: Abortable): void {
    if (this.#ms === 0) return;
    const leftMs = Math.max(0, this.#begunAt + this.#ms - performance.now());
    this.#timer ??= setTimeout(() => request.abort(new errors.HeadersTimeoutError()), leftMs);
  }

  /** Call when the head has arrived, or the exchange has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
