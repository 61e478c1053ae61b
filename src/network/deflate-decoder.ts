import { Transform, type TransformCallback } from 'node:stream';
import { createInflate, createInflateRaw } from 'node:zlib';

/** Undoes `deflate`. Servers send two formats under this name: a zlib stream, which begins with its method, 8, or the raw data of one. */
export class DeflateDecoder extends Transform {
  #inflate: Transform | undefined;

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length === 0) done();
    else (this.#inflate ??= this.#begin(chunk)).write(chunk, encoding, done);
  }

  override _flush(done: TransformCallback): void {
    if (!this.#inflate) {
      done();
      return;
    }
    this.#inflate.once('end', () => done());
    this.#inflate.end();
  }

  /** What waits for room goes on. */
  override _read(size: number): void {
    super._read(size);
    this.#inflate?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inflate?.destroy();
    super._destroy(error, done);
  }

  #begin(first: Buffer): Transform {
    const inflate = ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
    inflate.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) inflate.pause();
    });
    inflate.on('error', (error) => this.destroy(error));
    return inflate;
  }
}
