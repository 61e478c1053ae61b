import type { Dispatcher } from 'undici';
import { createUnstructuredError, invalidInput, type UnstructuredApiError } from '../../core/errors';
import { ACCEPTED_CODINGS } from '../../network/content-coding';
import type { Rate } from '../../network/pace';
import { MAX_REDIRECTS } from '../../network/redirects';
import { USER_AGENT } from '../../network/user-agent';
import type { Egress } from '../../network/egress';
import type { Redactor } from './redact';
import type { AnswerHead, BodyRules, BodySink } from './answer';
import { answerError, readRequestId } from './answer-error';
import { Deadline } from './deadline';
import { type Answer, exchange, type Receiver } from './exchange';
import { RequestRate } from './request-rate';
import { HttpError } from './http-error';
import { createEgress, type TransportOptions } from './options';
import { redirectOfPost, redirectTarget, setupOfGet } from './redirect';

/** Options of a single call, for every operation. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's own reason. */
  signal?: AbortSignal | undefined;
  /**
   * Limit of the whole call, in milliseconds. It can only lower the client's total time-out.
   * @default that time-out; none for an upload or download
   */
  timeoutMs?: number | undefined;
  /** Called immediately before the request is sent. Until this call, the service has certainly not received it. */
  onSending?: (() => void) | undefined;
}

/** One request to the API, and how its answer is read. */
export interface Operation<T> {
  method: Dispatcher.HttpMethod;
  /** Path under `/api/v1`; ids in it are checked or encoded. */
  path: string;
  query?: Record<string, string> | undefined;
  headers?: Record<string, string> | undefined;
  /** Sent once, while it is being read. */
  body?: AsyncIterable<Uint8Array> | undefined;
  /** Whether the operation transfers bulk data. If it does, the client's total time-out does not apply, and an upload monitors its own progress. */
  isTransfer?: boolean | undefined;
  /** The job that the request is about, for errors. */
  jobId?: string | undefined;
  /** Creates the sink for the body of a success. Throws an HttpError if the answer is not what the API promises. */
  receive(head: AnswerHead, rules: BodyRules): BodySink<T>;
}

/** What a call has learned so far; its error needs it. */
interface Trace {
  key?: string | undefined;
  /** Head of the answer to the current request. After a redirect, the redirect's head is dropped. */
  head?: AnswerHead | undefined;
}

/** Sends all requests of a client. Each request is sent once; to repeat it, call `send` again. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #egress: Egress;
  readonly #rate: RequestRate | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#egress = createEgress(options);
    const { maxRequestsPerSecond } = options;
    if (maxRequestsPerSecond !== undefined) this.#rate = new RequestRate(maxRequestsPerSecond);
  }

  /** The lowest rate of a transfer. */
  get minimumRate(): Rate {
    return this.#options.minimumRate;
  }

  /** A redactor for the keys known so far. */
  redactor(): Redactor {
    return this.#options.credentials.redactor();
  }

  async send<T>(operation: Operation<T>, { signal, timeoutMs = Infinity, onSending }: CallOptions = {}): Promise<T> {
    if (!(timeoutMs > 0))
      throw invalidInput(`Option timeoutMs must be a number of milliseconds above 0; got ${timeoutMs}.`);
    const trace: Trace = {};
    const totalMs = operation.isTransfer ? Infinity : this.#options.timeouts.total;
    const deadline = new Deadline(Math.min(totalMs, timeoutMs), signal);
    try {
      return await deadline.run(() => this.#perform(operation, deadline, trace, onSending));
    } catch (error) {
      throw error instanceof HttpError ? this.#publicError(error, operation, trace) : error;
    }
  }

  /** Waits for running requests, then closes the connections. A dispatcher that was passed in stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#egress.close();
    return this.#closing;
  }

  async #perform<T>(operation: Operation<T>, deadline: Deadline, trace: Trace, onSending?: () => void): Promise<T> {
    if (this.#closing)
      throw new HttpError('connection', 'the client is closed', { code: 'UND_ERR_CLOSED', notSent: true });
    const { credentials, baseUrl, maxResponseBytes } = this.#options;
    const key = credentials.key();
    trace.key = typeof key === 'string' ? key : await key;
    const redactor = credentials.redactor(trace.key);

    let path = baseUrl.prefix + operation.path + queryString(operation);
    for (let redirects = 0; ; redirects++) {
      trace.head = undefined;
      if (this.#rate) await this.#rate.turn();
      deadline.throwIfOver();
      const request = this.#request(operation, path, trace.key);
      const receiver: Receiver<T> = {
        begin: (head) => (trace.head = head),
        receive: (head) => operation.receive(head, { maxBytes: maxResponseBytes, redactor }),
        sending: onSending,
      };
      const answer = await this.#egress.lend(baseUrl.origin, (dispatcher) =>
        exchange(dispatcher, request, deadline, receiver),
      );
      if (answer.success) return redactor.data(await answer.success.end());
      const target =
        operation.method === 'GET' ? redirectTarget(answer.head, baseUrl.origin, path, redactor) : undefined;
      if (target === undefined) {
        const error = answerError(answer.head, await errorBody(answer), redactor);
        throw operation.method === 'GET'
          ? setupOfGet(error, answer.head)
          : redirectOfPost(error, answer.head, baseUrl.origin + path, redactor);
      }
      if (redirects === MAX_REDIRECTS)
        throw new HttpError('response', `redirected more than ${MAX_REDIRECTS} times; check option baseUrl`, {
          wrongSetup: true,
        });
      path = target;
    }
  }

  #request(operation: Operation<unknown>, path: string, key: string): Dispatcher.DispatchOptions {
    const { baseUrl, credentials, timeouts } = this.#options;
    return {
      origin: baseUrl.origin,
      path,
      method: operation.method,
      body: operation.body as Dispatcher.DispatchOptions['body'],
      headers: {
        accept: 'application/json',
        'accept-encoding': ACCEPTED_CODINGS,
        'user-agent': USER_AGENT,
        ...operation.headers,
        ...credentials.header(key),
      },
      headersTimeout: operation.body && operation.isTransfer ? 0 : timeouts.headers,
      bodyTimeout: timeouts.body,
    };
  }

  /**
   * Turns an internal error into the error that leaves the client; no other place does this. It has no cause, because a cause could contain text of
   * the answer.
   */
  #publicError(error: HttpError, operation: Operation<unknown>, { key, head }: Trace): UnstructuredApiError {
    const redactor = this.#options.credentials.redactor(key);
    const { origin, prefix } = this.#options.baseUrl;
    const path = redactor.known(prefix + operation.path);
    const requestId = head && readRequestId(head.headers, redactor);
    const where = error.kind === 'connection' ? ` at ${origin}` : '';
    const suffix = requestId === undefined ? '' : ` [request ${requestId}]`;
    return createUnstructuredError(redactor.known(`${operation.method} ${path}${where}: ${error.message}${suffix}`), {
      kind: error.kind,
      method: operation.method,
      path,
      ...(operation.jobId !== undefined && { jobId: operation.jobId }),
      ...(head && { status: head.status }),
      ...(requestId !== undefined && { requestId }),
      ...error.details,
    });
  }
}

function queryString({ query }: Operation<unknown>): string {
  return query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
}

/** The content of the body of an answer without a success status; undefined if it cannot be read. */
async function errorBody({ failure }: Answer<unknown>): Promise<unknown> {
  try {
    return await failure?.end();
  } catch {
    return undefined;
  }
}
