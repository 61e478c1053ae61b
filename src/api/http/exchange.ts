import type { Dispatcher } from 'undici';
import { dispatchTo } from '../../network/dispatch';
import { HeadTime } from '../../network/head-time';
import type { AnswerHead, AnswerHeaders, BodySink } from './answer';
import type { Deadline, Stoppable } from './deadline';
import { errorBody } from './error-body';
import { networkError } from './network-error';
import { HttpError } from './http-error';

/** Receives the answer to a request. */
export interface Receiver<T> {
  /** Called with the head of the answer when it arrives. */
  begin(head: AnswerHead): void;
  /** Called right before the first byte of the request goes out. */
  sending?: () => void;
  /** Creates the sink for the body of a success. Throws an HttpError if the answer is not what the API promises. */
  receive(head: AnswerHead): BodySink<T>;
}

/** An answer with its whole body, or at least a head whose status says what went wrong. */
export interface Answer<T> {
  head: AnswerHead;
  /** Set if the status is a success. */
  success?: BodySink<T>;
  /** Set if the status is not a success and the body could be read. Without a body, the status alone counts. */
  failure?: BodySink<unknown>;
}

/** Longest time to read the body of an answer without a success status, in milliseconds. After that, the status alone counts. */
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
    const handler = new AnswerHandler(deadline, receiver, new HeadTime(request.headersTimeout), resolve, reject);
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
    private readonly headTime: HeadTime,
    private readonly resolve: (answer: Answer<T>) => void,
    private readonly reject: (error: HttpError) => void,
  ) {}

  /** May also be called before the request is sent. The request then leaves the queue unsent when its turn comes. */
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
    this.headTime.begin();
    this.deadline.phase = 'waiting for the answer';
    this.receiver.sending?.();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) {
      this.headTime.interim(controller);
      return;
    }
    this.headTime.end();
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
    this.#controller = controller; // a different controller if the dispatcher requests the rest of a body
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

  /** A transfer has no total time-out, so an error body that trickles in could hold it for hours. */
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
    this.headTime.end();
    this.deadline.running = undefined;
  }
}

/** undici reports the start of a request right before it writes the request to a connection. Without that report, nothing was sent. */
function neverSent({ kind, message, details }: HttpError): HttpError {
  return new HttpError(kind, message, { ...details, notSent: true });
}
