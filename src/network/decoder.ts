import { Transform, type TransformCallback } from 'node:stream';

/** Creates Node's decoder for data that begins with this byte. */
export type CreateDecoder = (first: number) => Transform;

/**
 * Decodes one coding, and checks the bytes after the end of its data. Node's own decoders do not call back for these. Zero bytes are padding and are
 * ignored, as gzip does. Any other byte is an error: it may be the rest of the data, and truncated data must not count as complete.
 */
export class Decoder extends Transform {
  readonly #create: CreateDecoder;
  #inner: Transform | undefined;
  /** Bytes received. */
  #taken = 0;
  #isOver = false;
  /** Called once the data has ended. */
  #waiting: (() => void) | undefined;

  constructor(create: CreateDecoder) {
    super();
    this.#create = create;
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length === 0) {
      done();
      return;
    }
    this.#taken += chunk.length;
    if (this.#isOver) {
      done(judgeRest(chunk));
      return;
    }
    const inner = (this.#inner ??= this.#begin(chunk));
    // Only one of the two callbacks runs: if the decoder gets more data than it takes, it ends and does not call back.
    this.#waiting = () => done(judgeRest(chunk.subarray(chunk.length - (this.#taken - writtenTo(inner)))));
    inner.write(chunk, encoding, (error) => {
      if (this.#isOver) return;
      this.#waiting = undefined;
      done(error);
    });
  }

  override _flush(done: TransformCallback): void {
    if (!this.#inner || this.#isOver) {
      done();
      return;
    }
    this.#waiting = () => done();
    this.#inner.end();
  }

  /** The reader has room again: resume the decoder. */
  override _read(size: number): void {
    super._read(size);
    this.#inner?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner?.destroy();
    super._destroy(error, done);
  }

  #begin(chunk: Buffer): Transform {
    const inner = this.#create(chunk[0] ?? 0);
    inner.on('data', (piece: Buffer) => {
      if (!this.push(piece)) inner.pause();
    });
    inner.on('end', () => {
      this.#isOver = true;
      this.#waiting?.();
    });
    inner.on('error', (error) => this.destroy(error));
    return inner;
  }
}

/** How many bytes one of Node's decoders has used. */
function writtenTo(inner: Transform): number {
  return (inner as Transform & { bytesWritten: number }).bytesWritten;
}

function judgeRest(rest: Buffer): Error | null {
  if (rest.every((byte) => byte === 0)) return null;
  return Object.assign(new Error('there is data after its end'), { code: 'Z_DATA_ERROR' });
}
