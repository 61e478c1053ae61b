import { type Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Dispatcher } from 'undici';
import { errorShape } from '../../core/error-shape';
import { hasKnownLength } from '../../network/framing';
import type { Pace } from '../../network/pace';
import type { AnswerHead, BodySink } from './answer';
import { createDecoder, isEncoded, notDecoded } from './decode';
import { JsonEnd } from './json-end';
import { HttpError } from './http-error';

type Flow = Pick<Dispatcher.DispatchController, 'pause' | 'resume'>;

/** The body of a success, passed on as it arrives, but no faster than its reader reads it. */
export class StreamBody implements BodySink<void> {
  /**
   * The stream that the caller reads. It never ends or fails on its own: the operation ends it once the whole body has been checked, or destroys it.
   */
  readonly readable: Readable;
  readonly #isFramed: boolean;
  readonly #json: JsonEnd;
  readonly #decoder: Duplex | undefined;
  readonly #pace: Pace;
  #flow: Flow | undefined;
  #decoding: Promise<void> | undefined;
  #error: unknown;

  constructor(head: AnswerHead, pace: Pace) {
    this.#pace = pace;
    this.#isFramed = hasKnownLength(head.headers);
    this.#json = new JsonEnd(this.#isFramed);
    this.readable = new Readable({ read: () => this.#resume() });
    this.readable.on('error', () => undefined); // its reader gets the error, even if it attaches later
    this.readable.once('close', () => pace.end());
    this.#decoder = isEncoded(head) ? createDecoder(head) : undefined;
    if (this.#decoder) this.#decode(this.#decoder);
  }

  write(chunk: Buffer, flow: Flow): void {
    this.#flow = flow;
    // undici also passes on empty chunks. Pushing one would stop the stream.
    if (chunk.length === 0) return;
    if (this.#error) throw this.#error as Error;
    this.#pace.count(chunk.length);
    if (this.#decoder) {
      if (!this.#decoder.write(chunk)) this.#pause(flow);
    } else if (!this.#pass(chunk)) this.#pause(flow);
  }

  /** @throws HttpError if the body is not whole */
  async end(): Promise<void> {
    this.#pace.end();
    this.#decoder?.end();
    await this.#decoding;
    this.#json.end();
  }

  #decode(decoder: Duplex): void {
    decoder.on('data', (chunk: Buffer) => {
      try {
        if (!this.#pass(chunk)) decoder.pause();
      } catch (error) {
        decoder.destroy(error as Error);
      }
    });
    decoder.on('drain', () => this.#resumeFlow());
    this.#decoding = finished(decoder).catch((error: unknown) => {
      this.#error = error instanceof HttpError ? error : this.#notDecoded(error);
      throw this.#error as Error;
    });
    this.#decoding.catch(() => {}); // reported by write() or end()
  }

  /**
   * If only the end of the connection marks the end of the answer, truncated compressed data may come from an interrupted transfer. The error then
   * has no code.
   */
  #notDecoded(error: unknown): HttpError {
    const broken = notDecoded("the answer's compressed data is broken");
    const isCut = !this.#isFramed && errorShape(error).code === 'Z_BUF_ERROR';
    return isCut ? new HttpError(broken.kind, broken.message) : broken;
  }

  /** Passes on a chunk. Returns false if the reader has enough for now. */
  #pass(chunk: Buffer): boolean {
    this.#json.write(chunk);
    return this.readable.push(chunk);
  }

  #resume(): void {
    if (this.#decoder) this.#decoder.resume();
    else this.#resumeFlow();
  }

  #pause(flow: Flow): void {
    this.#pace.pause();
    flow.pause();
  }

  #resumeFlow(): void {
    this.#pace.begin();
    this.#flow?.resume();
  }
}
