import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { invalidInput } from '../core/errors';
import { dispatchTo } from './dispatch';
import { HeadTime } from './head-time';
import { wrongSetup } from './wrong-setup';

/** A GET request. */
export type GetRequest = Omit<Dispatcher.DispatchOptions, 'method' | 'body' | 'origin'> & { origin: string };

/** The head of an answer, and its body as it arrives. */
export interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Fails if the body is not complete. Reads from the network no faster than its reader reads. Destroying it ends the request. */
  body: Readable;
}

/**
 * Sends a GET request.
 * @param onOver Called once nothing more arrives
 * @throws UnstructuredValidationError if the set-up is wrong; otherwise the error of the dispatcher, or the reason of `signal`, which also ends the
 * body
 */
export function get(
  dispatcher: Dispatcher,
  request: GetRequest,
  signal: AbortSignal,
  onOver: () => void,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new GetHandler(signal, new HeadTime(request.headersTimeout), onOver, resolve, reject);
    dispatchTo(dispatcher, { ...request, method: 'GET' }, handler);
  });
}

/** Has the form of handler that both undici 7 and 8 accept. */
class GetHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #body: Readable | undefined;
  #isOver = false;

  constructor(
    private readonly signal: AbortSignal,
    private readonly headTime: HeadTime,
    private readonly onOver: () => void,
    private readonly resolve: (answer: RawAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('given up before it was sent'));
    else this.headTime.begin();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#isOver) return;
    if (status < 200) {
      this.headTime.interim(controller);
      return;
    }
    this.headTime.end();
    this.#controller = controller;
    this.#body = new Readable({
      read: () => this.#controller?.resume(),
      destroy: (error, done) => {
        if (!this.#isOver) this.#controller?.abort(error ?? new Error('given up by its reader'));
        this.#finish();
        done(error);
      },
    });
    this.#body.on('error', () => undefined); // its reader gets the error, even if it attaches later
    this.resolve({ status, headers, body: this.#body });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#controller = controller; // a different controller if the dispatcher requests the rest of a body
    if (chunk.length > 0 && !this.#isOver && this.#body?.push(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#body?.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    const setup = this.#controller ? undefined : wrongSetup(error);
    this.#fail(setup === undefined ? error : invalidInput(setup, { notSent: true }));
  }

  readonly #abort = (): void => {
    this.#fail(this.signal.reason);
    this.#controller?.abort(new Error('given up by its caller'));
  };

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    if (this.#body) this.#body.destroy(error as Error);
    else this.reject(error);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.signal.removeEventListener('abort', this.#abort);
    this.headTime.end();
    this.onOver();
  }
}
