import { HttpError } from './http-error';

/** Longest delay of a timer in Node, about 24 days. A timer with a longer delay fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a call is doing. The time-out error names it. */
export type Phase =
  'asking for the API key' | 'waiting for a connection' | 'waiting for the answer' | 'reading the answer';

/** Running work that can be stopped. After `stop`, it settles on its own. */
export interface Stoppable {
  stop(error: HttpError): void;
}

/** Ends a call when its time is over or its caller gives up. It uses one timer and one listener, since there are many calls. */
export class Deadline {
  phase: Phase = 'asking for the API key';
  /** The work to stop when the time is over or the caller gives up. */
  running: Stoppable | undefined;
  #expired: HttpError | undefined;
  readonly #ms: number;
  readonly #signal: AbortSignal | undefined;

  constructor(ms: number, signal?: AbortSignal) {
    this.#ms = ms;
    this.#signal = signal;
  }

  /**
   * Runs `work` until it settles, the time is over, or the caller's signal aborts. Rejects with a time-out error, or with the signal's own reason.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    const signal = this.#signal;
    return new Promise<T>((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (reason: unknown) => {
        finish();
        // The caller's reason may be any value. It is passed on unchanged, so that a cancellation stays a cancellation.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(reason);
      };
      const onAbort = () => {
        this.running?.stop(new HttpError('connection', 'the caller gave up'));
        fail(signal?.reason);
      };
      const onTimeout = () => {
        const notSent = this.phase === 'asking for the API key' && ({ notSent: true } as const);
        this.#expired = new HttpError('timeout', `no complete answer within ${this.#ms} ms, still ${this.phase}`, {
          ...notSent,
        });
        if (this.running) this.running.stop(this.#expired);
        else fail(this.#expired);
      };
      const timer = Number.isFinite(this.#ms) ? setTimeout(onTimeout, Math.min(this.#ms, LONGEST_TIMER_MS)) : undefined;
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) onAbort();
      else
        work().then((value) => {
          finish();
          resolve(value);
        }, fail);
    });
  }

  /** Throws if the time is over or the caller has given up. */
  throwIfOver(): void {
    this.#signal?.throwIfAborted();
    if (this.#expired) throw this.#expired;
  }
}
