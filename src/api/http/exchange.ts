import type { Dispatcher } from 'undici';
import { dispatchTo } from '../../network/dispatch';
import type { AnswerHead, AnswerHeaders, BodySink } from './answer';
import type { Deadline, Stoppable } from './deadline';
import { errorBody } from './error-body';
import { networkError } from './network-error';
import { HttpError } from './http-error';

/** Who an answer is for. */
export interface Receiver<T> {
  /** Told of each answer's head as it comes. */
  begin(head: AnswerHead): void;
  /** Called right before the first byte of the request goes out. */
  sending?: () => void;
  /** Opens what takes the body of a success. Throws an HttpError where it is not what the API promises. */
  receive(head: AnswerHead): BodySink<T>;
}

/** An answer whose body came whole, or at least a head that tells what went wrong. */
export interface Answer<T> {
  head: AnswerHead;
  /** Where the status is a success. */
  success?: BodySink<T>;
  /** Where it is none and the body could be read: without one, the status stands all the same. */
  failure?: BodySink<unknown>;
}

/** Longest time for the body of an answer that is no success, in milliseconds: then its status alone counts. */
const ERROR_BODY_MS = 5_000;

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Sends one request and reads one answer. Never sends anything twice. */
export function exchange<T>(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  deadline: Deadline,
  receiver: Receiver<T>,
): Promise<Answer<T>> {
  return new Promise((resolve, reject) => {
    const handler = new AnswerHandler(deadline, receiver, resolve, reject);
    deadline.phase = 'waiting for a connection';
    deadline.running = handler;
    dispatchTo(dispatcher, request, handler);
  });
}

class AnswerHandler<T> implements Dispatcher.DispatchHandler, Stoppable {
  #controller: Dispatcher.DispatchController | undefined;
  #head: AnswerHead | undefined;
  #success: BodySink<T> | undefined;
  #failure: BodySink<unknown> | undefined;
  #settled = false;
  #errorBodyTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly deadline: Deadline,
    private readonly receiver: Receiver<T>,
    private readonly resolve: (answer: Answer<T>) => void,
    private readonly reject: (error: HttpError) => void,
  ) {}

  /** Also before the request was sent: it leaves the queue unsent when its turn comes. */
  stop(error: HttpError): void {
    this.#fail(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) {
      controller.abort(new HttpError('connection', 'given up before it was sent'));
      return;
    }
    this.deadline.phase = 'waiting for the answer';
    this.receiver.sending?.();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return;
    this.deadline.phase = 'reading the answer';
    const head = { status, headers };
    this.#head = head;
    this.receiver.begin(head);
    this.#try(controller, () => {
      if (isSuccess(status)) this.#success = this.receiver.receive(head);
      else this.#readErrorBody(head);
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#controller = controller; // another one where a dispatcher asks for the rest
    if (!this.#settled) this.#try(controller, () => (this.#success ?? this.#failure)?.write(chunk, controller));
  }

  onResponseEnd(): void {
    if (this.#settled || !this.#head) return;
    this.#settle();
    this.resolve({ head: this.#head, success: this.#success, failure: this.#failure });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#fail(
      error instanceof HttpError ? error : networkError(error, this.#head?.status, this.#controller !== undefined),
    );
  }

  /** A transfer has no total time: a refusal that trickles would hold it for hours. */
  #readErrorBody(head: AnswerHead): void {
    this.#failure = errorBody(head);
    const tooLate = new HttpError('timeout', `no complete body within ${ERROR_BODY_MS} ms`);
    this.#errorBodyTimer = setTimeout(() => this.stop(tooLate), ERROR_BODY_MS);
  }

  #try(controller: Dispatcher.DispatchController, step: () => void): void {
    try {
      step();
    } catch (error) {
      this.stop(error as HttpError);
    }
  }

  #fail(error: HttpError): void {
    if (this.#settled) return;
    this.#settle();
    if (this.#head && !isSuccess(this.#head.status)) this.resolve({ head: this.#head });
    else this.reject(this.#controller ? error : neverSent(error));
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#errorBodyTimer);
    this.deadline.running = undefined;
  }
}

/** undici reports the start of a request right before it writes it to a connection: without that, nothing went out. */
function neverSent({ kind, message, details }: HttpError): HttpError {
  return new HttpError(kind, message, { ...details, notSent: true });
}
